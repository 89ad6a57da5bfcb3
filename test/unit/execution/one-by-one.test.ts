import { expect, it } from 'vitest'
import type { Engine } from '../../../src/lib/execution/engine.ts'
import { oneByOne } from '../../../src/lib/execution/one-by-one.ts'

const engine = {} as Engine

/** Works that end when they are told to; `said`: what happened, in order. */
function works() {
  const said: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () =>
    new Promise<void>((resolve) => {
      said.push(`${name} begins`)
      ends.set(name, () => {
        said.push(`${name} ends`)
        resolve()
      })
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { said, work, end }
}

it('work on one operation waits for what came before it, and work on another does not', async () => {
  const { said, work, end } = works()
  const all = [oneByOne(engine, 'a', work('1')), oneByOne(engine, 'a', work('2')), oneByOne(engine, 'b', work('3'))]
  await end('')
  expect(said).toEqual(['1 begins', '3 begins'])
  await end('1')
  expect(said.slice(2)).toEqual(['1 ends', '2 begins'])
  await end('2')
  await end('3')
  await Promise.all(all)
})

it('what goes wrong is told to whom it went wrong for, and the next goes on', async () => {
  const failing = oneByOne(engine, 'a', () => Promise.reject(new Error('storage is away')))
  const next = oneByOne(engine, 'a', () => Promise.resolve())
  await expect(failing).rejects.toThrow('storage is away')
  await expect(next).resolves.toBeUndefined()
})

it('another process does not wait', async () => {
  const { said, work, end } = works()
  const one = oneByOne(engine, 'a', work('1'))
  const other = oneByOne({} as Engine, 'a', work('2'))
  await end('')
  expect(said).toEqual(['1 begins', '2 begins'])
  await end('1')
  await end('2')
  await Promise.all([one, other])
})
