export type WakeCode =
  | 'wakes'
  | 'scheduled'
  | 'waitsForWindow'
  | 'waitsForOthers'
  | 'dayIsFull'
  | 'waitsForRoom'
  | 'tried'
  | 'interrupted'
  | 'running'
  | 'changing'
  | 'leftBehind'
  | 'noVm'
  | 'ambiguousVm'
  | 'lapsed'
  | 'unread'

/** Why a host is woken now, or is not. */
export const wakeReasons: Readonly<Record<WakeCode, string>> = {
  wakes: 'Its turn has come: it is started with this run.',
  scheduled: 'Its turn comes in a later opening of the window.',
  waitsForWindow: 'Its turn comes when the window opens.',
  waitsForOthers: 'Its turn has come, and as many hosts as maxConcurrent allows are on already.',
  dayIsFull: 'Its turn has come, and maxPerDay hosts have been woken in this opening.',
  waitsForRoom: 'Its turn has come, but Azure had no room for its size in its zone: a few others try first.',
  tried: 'It has been tried in this opening; the next one tries again.',
  interrupted: 'Wake-ups of this pair were interrupted in this opening; the next one goes on.',
  running: 'It runs already: its heartbeat counts, and it is not ours to stop.',
  changing: 'Its virtual machine is neither off nor running; the next run looks again.',
  leftBehind: 'An earlier wake-up left something behind on it, which is put back first.',
  noVm: 'No virtual machine of this name: nothing can be started.',
  ambiguousVm: 'More than one virtual machine could be this host: none is started.',
  lapsed: 'Its registration has lapsed and a start has proven it: only a repair helps.',
  unread: 'Its turn has come, but the inventory is too old or has gaps: nothing is started blindly.',
}
