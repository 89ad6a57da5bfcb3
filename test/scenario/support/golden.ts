import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'vitest'

const folder = new URL('../golden/', import.meta.url)

/** Compares with `golden/<name>.txt`; only `UPDATE_GOLDEN=1` writes it. */
export async function expectGolden(name: string, text: string): Promise<void> {
  const file = new URL(`${name}.txt`, folder)
  if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, text)
  const golden = await readFile(file, 'utf8').catch(() => '')
  expect(text, `golden/${name}.txt (UPDATE_GOLDEN=1 rewrites it; read the difference first)`).toBe(golden)
}
