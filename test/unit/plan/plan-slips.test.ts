import { describe, expect, it } from 'vitest'
import { readPlan } from '../../../src/lib/plan/read-plan.ts'
import { planText as good, groups, subscription } from '../../support/plans.ts'

const problemsOf = (text: string) => {
  const read = readPlan(text)
  return read.ok ? [] : read.problems
}
/** The good plan with one place changed. */
const withText = (from: string | RegExp, to: string) => {
  const changed = good.replace(from, to)
  expect(changed).not.toBe(good)
  return changed
}
const inPooled = (line: string) => withText('    groups:', `    ${line}\n    groups:`)

describe('a plan with one slip', () => {
  it.each<[string, string, string, string, string]>([
    ['a version that does not exist', withText('version: 1', 'version: 2'), 'version', 'is 2', '1'],
    ['no name', withText('name: small\n', ''), 'name', 'is missing', 'a name of 1 to 120'],
    ['an empty name', withText('name: small', 'name:'), 'name', 'is empty', 'a name of 1 to 120'],
    [
      'an option slightly off',
      withText('id: pooled', 'idd: pooled'),
      'pairs[0].idd',
      'is not an option',
      'did you mean id?',
    ],
    [
      'an option of a side slightly off',
      withText('hostPool: hp-s', 'hostpool: hp-s'),
      'pairs[0].primary.hostpool',
      'is not an option',
      'did you mean hostPool?',
    ],
    [
      'an option nobody knows',
      inPooled('frobnicate: 1'),
      'pairs[0].frobnicate',
      'is not an option',
      'one of id, strategy',
    ],
    [
      'a limit nobody knows',
      withText('name: small', 'name: small\nlimits: { batchsize: 5 }'),
      'limits.batchsize',
      'is not an option',
      'did you mean batchSize?',
    ],
    [
      'an option of a message',
      inPooled('message: { title: A, text: B, body: B }'),
      'pairs[0].message.text',
      'is not an option',
      'one of title, body',
    ],
    [
      'an option of counterparts',
      inPooled('counterparts: { replace: a, wiht: b, with: b }'),
      'pairs[0].counterparts.wiht',
      'is not an option',
      'did you mean with?',
    ],
    [
      'half a rule for counterparts',
      inPooled('counterparts: { replace: a }'),
      'pairs[0].counterparts.with',
      'is missing',
      'part of a virtual machine name',
    ],
    [
      'another word for counterparts',
      inPooled('counterparts: name'),
      'pairs[0].counterparts',
      'is "name"',
      'pool, or how host names differ',
    ],
    [
      'a strategy nobody knows',
      withText('pooledStandby', 'pooled'),
      'pairs[0].strategy',
      'is "pooled"',
      'one of pooledStandby, personalReplicated',
    ],
    [
      'a subscription that is none',
      withText(subscription, 'my-subscription'),
      'pairs[0].primary.subscription',
      'is "my-subscription"',
      'a subscription id',
    ],
    [
      'a group that is none',
      withText(groups[1].id, 'grp-office'),
      'pairs[0].groups[1].id',
      'is "grp-office"',
      'the object id of an Entra group',
    ],
    [
      'a region written for people',
      withText('region: uksouth', 'region: UK South'),
      'pairs[0].primary.region',
      'is "UK South"',
      'a region as Azure writes it',
    ],
    [
      'a resource group that ends in a full stop',
      withText('rg-s', 'rg-s.'),
      'pairs[0].primary.resourceGroup',
      'is "rg-s."',
      'a resource group name',
    ],
    ['a host pool too short', withText('hp-s', 'hp'), 'pairs[0].primary.hostPool', 'is "hp"', 'a host pool name'],
    ['a number for a name', withText('hp-s', '12345'), 'pairs[0].primary.hostPool', 'is 12345', 'a host pool name'],
    [
      'a pair id in capitals',
      withText('id: pooled', 'id: Pooled'),
      'pairs[0].id',
      'is "Pooled"',
      '2 to 40 small letters',
    ],
    [
      'a vault that is only named',
      withText(/vault: .*/, 'vault: vault'),
      'pairs[1].vault',
      'is "vault"',
      'the id of a Recovery Services vault',
    ],
    ['a tier out of range', inPooled('tier: 0'), 'pairs[0].tier', 'is 0', 'a whole number from 1 to 9'],
    [
      'a batch of none',
      withText('name: small', 'name: small\nlimits: { batchSize: 0 }'),
      'limits.batchSize',
      'is 0',
      'a whole number from 1 to 1000',
    ],
    [
      'a batch that is not whole',
      withText('name: small', 'name: small\nlimits: { batchSize: 1.5 }'),
      'limits.batchSize',
      'is 1.5',
      'a whole number',
    ],
    [
      'an interval too short',
      withText('name: small', 'name: small\nlimits: { batchInterval: 999 ms }'),
      'limits.batchInterval',
      'is "999 ms"',
      'a length of time from 1 s to 1 d',
    ],
    [
      'an interval without a unit',
      withText('name: small', 'name: small\nlimits: { batchInterval: 600 }'),
      'limits.batchInterval',
      'is 600',
      'a length of time from 1 s to 1 d',
    ],
    ['a share of nothing', inPooled('minimumCapacity: 0%'), 'pairs[0].minimumCapacity', 'is "0%"', 'a number of hosts'],
    ['more than all', inPooled('minimumCapacity: 101%'), 'pairs[0].minimumCapacity', 'is "101%"', 'a number of hosts'],
    ['no host', inPooled('minimumCapacity: 0'), 'pairs[0].minimumCapacity', 'is 0', 'a number of hosts'],
    ['no pairs', 'version: 1\nname: a\npairs: []\n', 'pairs', 'is a list of 0', 'a list of 1 to 200 pairs'],
    [
      'pairs that are no list',
      'version: 1\nname: a\npairs: { a: 1 }\n',
      'pairs',
      'is a group of options',
      'a list of 1 to 200 pairs',
    ],
    [
      'a title over two lines',
      inPooled('message: { title: "a\\nb", body: B }'),
      'pairs[0].message.title',
      'is "a\\nb"',
      'a title of 1 to 100',
    ],
    [
      'two pairs of one id',
      withText('id: personal', 'id: pooled'),
      'pairs[1].id',
      'is used before',
      'an id of its own',
    ],
    [
      'one region',
      withText('hp-w, region: ukwest', 'hp-w, region: uksouth'),
      'pairs[0].secondary.region',
      'is uksouth, as for the primary',
      'another region',
    ],
    [
      'a pooled pair of one pool',
      withText('rg-w, hostPool: hp-w', 'rg-s, hostPool: HP-S'),
      'pairs[0].secondary.hostPool',
      'is the primary host pool',
      'a host pool of its own',
    ],
    [
      'a personal pair of two pools',
      withText(/hostPool: hp-p, region: ukwest/, 'hostPool: hp-q, region: ukwest'),
      'pairs[1].secondary.hostPool',
      'is not the primary host pool',
      'the same subscription',
    ],
    [
      'a personal pair without a vault',
      withText(/ {4}vault: .*\n/, ''),
      'pairs[1].vault',
      'is missing',
      'the id of the Recovery Services vault',
    ],
    [
      'a primary application group mapped twice',
      withText('primary: rag-s', 'primary: DAG-S'),
      'pairs[0].applicationGroups[1].primary',
      'is mapped before',
      'each application group once a side',
    ],
    [
      'a secondary application group mapped twice',
      withText('secondary: rag-w', 'secondary: dag-w'),
      'pairs[0].applicationGroups[1].secondary',
      'is mapped before',
      'each application group once a side',
    ],
    [
      'a group named twice',
      withText(groups[1].id, groups[0].id.toUpperCase()),
      'pairs[0].groups[1].id',
      'is named before',
      'each group once',
    ],
    [
      'a pool of two pairs',
      good.replaceAll('rg-p,', 'rg-s,').replaceAll('hp-p', 'hp-s'),
      'pairs[1].primary.hostPool',
      'belongs to pair pooled',
      'a host pool that no other pair names',
    ],
  ])('%s', (_, text, path, problem, right) => {
    const found = problemsOf(text).find((one) => one.path === path)
    expect(found).toMatchObject({ path, problem })
    expect(found?.right.startsWith(right)).toBe(true)
    expect(found?.line).toBeGreaterThan(0)
  })

  it('is told its line', () => {
    const text = withText('strategy: pooledStandby', 'strategy: nothing')
    const line = text.split('\n').findIndex((one) => one.includes('nothing')) + 1
    expect(problemsOf(text)).toMatchObject([{ path: 'pairs[0].strategy', line }])
  })
})
