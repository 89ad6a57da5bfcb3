import { expect, test } from 'vitest'
import { runbooks } from '../../../src/lib/runbooks/index.ts'
import { personalReplicated } from '../../../src/lib/runbooks/personal-replicated.ts'
import { pooledStandby } from '../../../src/lib/runbooks/pooled-standby.ts'

test('every strategy of the plan has its own runbook', () => {
  expect(runbooks).toMatchObject({ pooledStandby, personalReplicated })
})
