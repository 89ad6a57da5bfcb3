/** What must not stay behind, whatever ends the demo. */

/** Real milliseconds between two looks whether npm is still there. */
const watchEvery = 500
/** As a shell tells of a process that was ended by a signal: 128 and its number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

export function createCleanup() {
  const tasks: (() => Promise<void>)[] = []
  const all = async () => {
    for (const task of tasks.splice(0).reverse()) await task().catch(() => undefined)
  }
  const leave = (code: number) => {
    void all().finally(() => process.exit(code))
  }
  for (const [signal, code] of Object.entries(exitCodes)) process.once(signal, () => leave(code))
  watchParent(() => leave(exitCodes.SIGTERM))
  return {
    /** The last one added is the first one carried out. */
    add: (task: () => Promise<void>) => {
      tasks.push(task)
    },
    all,
  }
}

/** npm does not hand every signal on: when it goes, its script goes as well. */
function watchParent(onOrphaned: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) onOrphaned()
  }, watchEvery).unref()
}
