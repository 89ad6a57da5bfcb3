import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const here = import.meta.dirname
const root = join(here, '..', '..')
const leftOut = new Set(['node_modules', '.git', '.tmp', '.azurite', 'dist', 'coverage'])

/** They run beside the packages they import. */
const plugins = ['compiles.mjs', 'quick-runner.mjs', 'vitest-shim.mjs']

export type Workshop = {
  /** A copy of the product, the only place where mutants are written. */
  readonly copy: string
  /** Where Stryker, its runner and TypeScript 6 are installed: above the copy, kept for the next run. */
  readonly packages: string
}

/** Copies the product into the temp folder and installs `package-lock.json` of this folder there, once. */
export function openWorkshop(): Workshop {
  const locked = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex')
  const packages = join(tmpdir(), `avd-failover-mutation-${locked.slice(0, 12)}`)
  if (!existsSync(join(packages, 'node_modules', '.package-lock.json'))) install(packages)
  for (const name of plugins) copyFileSync(join(here, name), join(packages, name))
  const copy = mkdtempSync(join(packages, 'copy-'))
  cpSync(root, copy, { recursive: true, filter: (path) => !leftOut.has(relative(root, path).split(/[\\/]/)[0] ?? '') })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  return { copy, packages }
}

function install(packages: string): void {
  mkdirSync(packages, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(packages, name))
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: packages,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error('npm ci for the mutation run failed')
}
