/** What planning says of fixes: stories for its codes, by hand, without a rule. */
import type { Fix } from '../../src/lib/model/fix.ts'
import type { NoticeCode } from '../../src/lib/planning/preview.ts'
import { driftOf, lockFinding } from './drift-stories.ts'
import type { NoticeStory } from './replicated-stories.ts'

const finding = 'start-on-connect:hp-w'
const request = { kind: 'align', findings: [finding] } as const
const found = (fix?: Fix) => driftOf({ findings: [{ ...lockFinding, fingerprint: finding, ...(fix && { fix }) }] })
const on = (side: 'primary' | 'secondary'): Fix => ({ kind: 'disableStartOnConnect', side })
const refused = (story: NoticeStory['story'], subjects: readonly string[]): NoticeStory => ({
  story: { request, ...story },
  in: 'refusals',
  subjects,
})

type Codes = Extract<NoticeCode, 'sharedPool' | 'activeSide' | 'unknownFinding' | 'noFix' | 'cannotFix'>

export const alignStories: Readonly<Record<Codes, NoticeStory>> = {
  sharedPool: refused({ pair: 'personal', drift: found(on('secondary')) }, ['personal']),
  activeSide: refused({ drift: found(on('primary')) }, [finding]),
  unknownFinding: refused({ drift: driftOf() }, [finding]),
  noFix: refused({ drift: found() }, [finding]),
  cannotFix: refused({ drift: found({ kind: 'drainHost', side: 'secondary', host: 'nobody' }) }, [
    `${finding}: the inventory has no such session host`,
  ]),
}
