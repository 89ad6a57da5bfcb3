// Makes a fresh clone ready: installs what package-lock.json names, once. Runs on any Node from 20 on, needs no package.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const mark = join(root, 'node_modules', '.ready')
// The project's own TypeScript runs without a build: type stripping, on by default since Node 22.18.
const leastNode = [22, 18]

const locked = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
const isReady = existsSync(mark) && readFileSync(mark, 'utf8') === locked
if (!isReady) install()
checkNode()

function install() {
  console.error('Installing packages (npm ci) …')
  // Under npm its own script is named in the environment: no shell, no other npm.
  const npm = process.env.npm_execpath
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  const options = {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && !before[0],
  }
  const { status, error } = spawnSync(command, [...before, 'ci', '--no-audit', '--no-fund'], options)
  if (status !== 0) {
    console.error(`npm ci failed${error ? `: ${error.message}` : ''}`)
    process.exit(status || 1)
  }
  writeFileSync(mark, locked)
}

function checkNode() {
  const own = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (existsSync(own)) return
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return
  console.error(
    `There is no packaged Node for ${process.platform}-${process.arch}: please run Node ${leastNode.join('.')} or newer.`,
  )
  process.exit(1)
}
