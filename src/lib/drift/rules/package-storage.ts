import type { AppPackage } from '../../model/azure.ts'
import type { StorageAccount } from '../../model/estate.ts'
import { otherSide } from '../../planning/situation.ts'
import { isPooled, type Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfEstate, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { sameRegion, sides } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const packageStorage: Rule = {
  id: 'package-storage',
  title: 'Each pool takes its packages from storage of its own region',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the server in the image paths of the packages of one pool with those of the other, and with the regions of storage accounts of that name',
  why: 'With one place for both, the applications are gone with its region: sessions of the other side start without them.',
  source: multiRegion,
  howToFix: 'Copy the images to an account in the region of the pool, and register the packages from there.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      { primary: partOfSide(context, 'primary', 'packages'), secondary: partOfSide(context, 'secondary', 'packages') },
      (packages) => {
        const servers = { primary: serversOf(packages.primary), secondary: serversOf(packages.secondary) }
        const both = servers.primary.filter((server) => servers.secondary.includes(server))
        return together([
          found(
            both.map((server) => ({
              subject: server,
              evidence: `Both pools take images of packages from ${server}.`,
            })),
          ),
          ...sides.map((side) =>
            checkRegions(
              context,
              side,
              servers[side].filter((server) => !both.includes(server)),
            ),
          ),
          ...sides.map((side) => checkPaths(packages[side], side)),
        ])
      },
    ),
}

/** `\\account.file.core.windows.net\…` → `account`. */
const serverOf = ({ imagePath = '' }: AppPackage): string | undefined =>
  /^(?:\\\\|https:\/\/)([^\\/.]+)/i.exec(imagePath)?.[1]?.toLowerCase()

const serversOf = (packages: readonly AppPackage[]): readonly string[] => [
  ...new Set(packages.flatMap((one) => serverOf(one) ?? [])),
]

/** A server that is no account of ours is somebody's own, and where it is cannot be told. */
function checkRegions(context: RuleContext, side: Side, servers: readonly string[]): Outcome {
  if (servers.length === 0) return well
  return given({ accounts: partOfEstate(context, 'storageAccounts') }, ({ accounts }) =>
    together(servers.map((server) => checkServer(context, side, server, accounts))),
  )
}

function checkServer({ pair }: RuleContext, side: Side, server: string, accounts: readonly StorageAccount[]): Outcome {
  const subject = `${side}/${server}`
  const account = accounts.find(({ name }) => name.toLowerCase() === server)
  if (!account) return couldNotCheck(`where ${server} is`, subject)
  if (!sameRegion(account.location, pair[otherSide(side)].region)) return well
  return found([
    { subject, evidence: `The ${side} pool takes images of packages from ${server}, which is in ${account.location}.` },
  ])
}

function checkPaths(packages: readonly AppPackage[], side: Side): Outcome {
  const lost = packages.filter((one) => serverOf(one) === undefined).length
  return lost === 0 ? well : couldNotCheck(`where the images of ${lost} packages of the ${side} pool lie`, side)
}
