import { type Bench, type Entry, informed, judged } from './entry.ts'
import { type Harm, harmByNaive, harmByProduct } from './naive-story.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/** Over all seeds. */
const vms = 20 * seeds.length
const users = 40 * seeds.length

export const naive: Bench = {
  name: 'naive',
  about: `20 personal VMs and a pooled pair of 6 hosts a side, 40 users in several groups; the same faults and seeds for both (lost and
doubled answers and messages, 429s, 5xx, crashes, stalls, failures inside Azure's jobs). Counted by the simulator's ledger, summed over
${seeds.length} seeds: VMs failed over twice, VMs not committed at the end (the operator answers every question with *retry*; a VM given up for a lasting
fault counts), users who had or could use both sides. The naive handler takes one message a machine, calls, polls, commits, repeats
what failed as the SDKs and the queue do by default, and grants before it revokes. The product's limit is 0; the naive handler stands beside all there are.`,
  async run() {
    const ours: Harm[] = []
    const theirs: Harm[] = []
    for (const seed of seeds) {
      ours.push(await harmByProduct(seed))
      theirs.push(await harmByNaive(seed))
    }
    const sum = (all: readonly Harm[], what: keyof Harm) => all.reduce((total, harm) => total + harm[what], 0)
    const lines = (what: keyof Harm, name: string, all: number): readonly Entry[] => [
      judged(`naive, product: ${name}`, sum(ours, what), 0),
      informed(`naive, naive handler: ${name}`, sum(theirs, what), all),
    ]
    return [
      ...lines('twice', 'VMs failed over twice', vms),
      informed('naive, product: VMs not committed', sum(ours, 'lost'), vms),
      informed('naive, naive handler: VMs not committed', sum(theirs, 'lost'), vms),
      ...lines('bothSides', 'users on both sides', users),
      judged('naive, product: wanted ÷ injected troubles', seeds.length, sum(ours, 'injected')),
    ]
  },
}
