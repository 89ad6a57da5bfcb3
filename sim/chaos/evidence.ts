/** Every kind of trouble there is in this world, by the number it has in the fault matrix: a night without trouble shows nothing. */

/** Kinds and what is counted of them; one of the counts has to be above nothing. `docs/simulator.md` tells the rest. */
export const kindsOfTrouble: Readonly<Record<string, readonly string[]>> = {
  'F1 throttled, with a time to wait': ['azure throttledWithWait'],
  'F2 throttled without one, or by another operation': ['azure throttledWithoutWait', 'azure anotherOperation'],
  'F4 an error before anything was done': ['azure errorBefore'],
  'F5 done, and the answer lost': ['azure errorAfter', 'azure resetAfter'],
  'F6 no answer at all': ['azure hangBefore', 'azure hangAfter', 'azure slow'],
  'F7 no connection, or no answer of Azure’s': ['azure noConnection', 'azure htmlBody', 'azure truncatedBody'],
  'F10 something else is at work': ['azure conflict'],
  'F11 a principal that is not known yet': ['azure principalNotFound'],
  'F12 no right, or a token that ran out': ['azure forbiddenOnce', 'azure unauthorizedOnce'],
  'F13 late, or never': ['azure late', 'azure stuck'],
  'F14 links that lead elsewhere': ['azure foreignPollingHost'],
  'F15 no room, no quota': ['azure AllocationFailed', 'azure 28031', 'azure 28092', 'azure SkuNotAvailable'],
  'F16 replication that is not there or not well': ['estate unreplicated', 'estate critical', 'azure 70038'],
  'F19 a host that never comes back': ['estate lapsed'],
  'F20 people come and go': ['estate activity'],
  'F21 lists that repeat, empty and skip': [
    'azure pageRepeated',
    'azure pageEmpty',
    'azure entryTwice',
    'azure entryMissing',
  ],
  'F22 words and fields nobody knows': ['azure oddBody'],
  'F23 the primary region dies': ['estate regionLost'],
  'F24 Azure away': ['azure away 10 min', 'azure away 60 min'],
  'F24 no new tokens': ['no token'],
  'F25 the desktop service away': ['desktop service away 30 min'],
  'Q1 messages twice and four times': ['message doubled'],
  'Q2 messages late and out of order': ['message late', 'message veryLate'],
  'Q3 messages that do not go away': ['storage remove'],
  'Q4 poison beside the original': ['message poisoned'],
  'Q5 messages lost': ['message lost'],
  'H6 forged messages, and of another version': ['message forged'],
  'T1 writes whose answer is lost': ['storage after', 'storage before'],
  'T2 transactions of which nobody knows': ['storage transact'],
  'T3 storage away': ['storage away 1 min', 'storage away 10 min', 'storage away 60 min'],
  'H1 killed': ['crash'],
  'H2 one call stands still': ['stall'],
  'H3 a few seconds to live': ['drain'],
  'H5 a whole process stands still': ['freeze'],
}

/** Kinds that never struck. */
export const neverStruck = (injected: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(kindsOfTrouble).flatMap(([kind, counts]) =>
    counts.some((name) => (injected[name] ?? 0) > 0) ? [] : [kind],
  )
