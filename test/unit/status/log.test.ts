import { expect, test } from 'vitest'
import { createLog } from '../../../src/lib/status/log.ts'

test('a log line is one JSON document with level, event, context and fields', () => {
  const lines: string[] = []
  const log = createLog((line) => lines.push(line)).with({ operationId: 'o' })
  log.info('begun', { step: 'startVm\n{"level":"error"}' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('\n')
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    event: 'begun',
    operationId: 'o',
    step: 'startVm\n{"level":"error"}',
  })
})

test('what is below the least level is not written', () => {
  const lines: string[] = []
  const log = createLog((line) => lines.push(line), 'warn')
  log.info('a')
  log.warn('b')
  log.error('c')
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['b', 'c'])
})
