import type { Notice } from '../planning/preview.ts'
import type { Told } from './readiness.ts'

/** Names in what is kept; a preview has them all. */
const mostNames = 20

type Said = Pick<Notice, 'message' | 'subjects'> & { readonly code: string }

export const toldOf = ({ code, message, subjects }: Said): Told => ({
  code,
  message,
  subjects: subjects.slice(0, mostNames),
  count: subjects.length,
})
