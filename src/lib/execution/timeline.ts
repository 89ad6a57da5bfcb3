import { type TimelineEntry, timelineLength } from '../ports/operations.ts'

/** The timeline with what is new; a line that only repeats the one before it is left out. The first one stays: it says when. */
export function noted(before: readonly TimelineEntry[], entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const all = [...before]
  for (const entry of entries) {
    const last = all.at(-1)
    if (last && last.text === entry.text && last.step === entry.step) continue
    all.push(entry)
  }
  return all.length > timelineLength ? [...all.slice(0, 1), ...all.slice(1 - timelineLength)] : all
}
