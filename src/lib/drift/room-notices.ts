/** What planning says of room for the next move, as findings: the same judgement, told before the day. */
import type { NoticeCode, Weighed } from '../planning/preview.ts'
import type { Found } from './rule.ts'

/** Lines of notices are names, and figures behind the last colon: those change while the finding stays. */
export const foundIn = (notices: readonly Weighed[], codes: readonly NoticeCode[]): readonly Found[] =>
  notices
    .filter(({ code }) => codes.includes(code))
    .flatMap(({ weight, message, subjects }) =>
      subjects.map((line): Found => {
        const severity = weight === 'warns' ? 'warning' : 'critical'
        return {
          subject: line.replace(/: [^:]*$/, '').replaceAll(': ', '/'),
          severity,
          evidence: `${line}. ${message}`,
        }
      }),
    )

export const subjectsIn = (notices: readonly Weighed[], code: NoticeCode): readonly string[] =>
  notices.filter((one) => one.code === code).flatMap(({ subjects }) => subjects)
