import type { Fault } from '../core/fault.ts'

/** Longer reasons would fill the inventory with error pages. */
const longestReason = 300

export const reasonOf = ({ code, message }: Fault): string => `${code}: ${message}`.slice(0, longestReason)
