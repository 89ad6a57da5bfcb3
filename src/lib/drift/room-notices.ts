/** What planning says of room for the next move, as findings: the same judgement, told before the day. */
import type { NoticeCode, Weighed } from '../planning/preview.ts'
import type { Found } from './rule.ts'

/** Lines of notices are names, and figures behind the last colon: those change while the finding stays. */
export const foundIn = (notices: readonly Weighed[], codes: readonly NoticeCode[]): readonly Found[] =>
  notices
    .filter(({ code }) => codes.includes(code))
    .flatMap(({ weight, message, subjects }) =>
      subjects.map((line): Found => {
        const names = line.replace(/: [^:]*$/, '')
        const severity = weight === 'warns' ? 'warning' : 'critical'
        return {
          subject: subjectOf(names),
          severity,
          evidence: `${line}. ${message}`,
        }
      }),
    )

/** `group: size in zone 2` → `group/size/zone 2`: what is told of the size is told of its zones. */
export const subjectOf = (names: string): string => names.replaceAll(': ', '/').replace(' in zone ', '/zone ')

export const subjectsIn = (notices: readonly Weighed[], code: NoticeCode): readonly string[] =>
  notices.filter((one) => one.code === code).flatMap(({ subjects }) => subjects)
