import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const file = join(mkdtempSync(join(tmpdir(), 'real-clock-')), 'now')

/** The kernel's own time, which no preload reaches: that of a file just written. Milliseconds since 1970. */
export function realNow(): number {
  writeFileSync(file, '')
  return statSync(file).mtimeMs
}
