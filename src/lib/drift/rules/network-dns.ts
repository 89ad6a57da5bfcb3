import { idKey } from '../../core/arm-id.ts'
import { networksOn } from '../networks.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import { placeName } from '../place-name.ts'
import type { Outcome, Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const networkDns: Rule = {
  id: 'network-dns',
  title: 'The secondary side asks name servers of its own',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the DNS servers of the networks of both sides: none on the secondary side where the primary has some, or the same one first on both. In which region an address is cannot be seen',
  why: 'A machine that finds no domain controller lets nobody in. Servers of the lost region do not answer, and Azure’s own do not know the domain.',
  source: multiRegion,
  howToFix: 'Set the DNS servers of the secondary network: domain controllers of its own region first.',
  appliesTo: ({ plan }) => plan.identity?.kind !== 'entra',
  check: (context) =>
    given(
      {
        list: partOfEstate(context, 'networks'),
        primary: networksOn(context, 'primary'),
        secondary: networksOn(context, 'secondary'),
      },
      ({ list, primary, secondary }) => {
        const networks = new Map(list.map(({ id, dnsServers }) => [idKey(id), dnsServers]))
        if (primary.some((id) => !networks.has(id))) return couldNotCheck('a network of the primary side was not seen')
        const home = primary.map((id) => networks.get(id) ?? [])
        return together(secondary.map((id) => checkNetwork(placeName(id), networks.get(id), home)))
      },
    ),
}

function checkNetwork(
  name: string,
  servers: readonly string[] | undefined,
  home: readonly (readonly string[])[],
): Outcome {
  if (!servers) return couldNotCheck('the network was not seen', name)
  const [first] = servers
  const athome = [...new Set(home.flat())]
  if (first === undefined)
    return athome.length === 0
      ? well
      : found([
          {
            subject: name,
            evidence: `${name} has no DNS servers of its own; the primary side asks ${athome.join(', ')}.`,
          },
        ])
  return home.some(([other]) => other === first)
    ? couldNotCheck(`both sides ask ${first} first, and in which region that is cannot be seen`, name)
    : well
}
