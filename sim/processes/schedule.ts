/** Which trouble strikes when: the same seed gives the same list. */
import { type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import type { Random } from '../arm/types.ts'
import { createRandom } from '../random.ts'

/** `kill`: SIGKILL, and started again. `pause`: SIGSTOP. `jump`: of a clock. `cut`, `silence`: storage refuses connections, or says nothing. */
export type TroubleKind = 'kill' | 'pause' | 'jump' | 'cut' | 'silence'
/** `at`: after the beginning. All lengths are simulated. */
export type Trouble = { readonly kind: TroubleKind; readonly at: Millis; readonly lasts: Millis }
/** The troubles of one victim come one after the other. */
export type Schedule = { readonly apps: readonly (readonly Trouble[])[]; readonly storage: readonly Trouble[] }

/** Longer than fence (10 s), lease (60 s) and settle (60 s) together: whoever goes on then knows nothing of the world. */
const pauseLasts = [seconds(150), seconds(210)] as const
const killLasts = [seconds(10), seconds(40)] as const
const cutLasts: Millis = seconds(60)

export function scheduleOf(seed: number, processes: number, length: Millis): Schedule {
  const random = createRandom(`processes ${seed}`)
  return {
    apps: Array.from({ length: processes }, (_, i) => troublesOf(random.fork(`app ${i}`), i, processes, length)),
    storage: cuts(random.fork('storage'), length),
  }
}

/** Each kind comes first for some process, so that a short run has both. */
function troublesOf(random: Random, place: number, processes: number, length: Millis): readonly Trouble[] {
  const troubles: Trouble[] = []
  let at = random.between(seconds(10), seconds(60))
  while (at < length) {
    const isKill = troubles.length === 0 ? place % 2 === 0 : random.chance(0.6)
    const lasts = random.between(...(isKill ? killLasts : pauseLasts))
    troubles.push({ kind: isKill ? 'kill' : 'pause', at, lasts })
    // One clock jumps once, that of the last process.
    const jumps = place === processes - 1 && troubles.length === 1
    if (jumps) troubles.push({ kind: 'jump', at: at + lasts + seconds(30), lasts: 0 })
    at += lasts + random.between(seconds(60), seconds(150))
  }
  return troubles
}

function cuts(random: Random, length: Millis): readonly Trouble[] {
  const troubles: Trouble[] = []
  for (let at = random.between(seconds(60), seconds(150)); at < length; at += random.between(minutes(4), minutes(7)))
    troubles.push({ kind: random.chance(0.5) ? 'cut' : 'silence', at, lasts: cutLasts })
  return troubles
}
