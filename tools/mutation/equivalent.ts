/** A mutant no test can or need tell from the original, found by its text, so that it stays known when lines move. */
export type Equivalent = {
  readonly path: string
  /** The line the mutant begins on, trimmed. */
  readonly line: string
  /** White space counts as one blank. */
  readonly from: string
  readonly to: string
  readonly reason: string
}

export const equivalents: readonly Equivalent[] = []
