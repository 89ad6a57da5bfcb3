/** The environment to settings, or one error that names every problem. Nothing else reads the environment. */
import { z } from 'zod'

/** Where Azure's own services of one cloud answer. */
export type Cloud = {
  /** Resource Manager, without a slash at the end. */
  readonly endpoint: string
  /** Whom tokens for Resource Manager are for, `<audience>/.default`. */
  readonly scope: string
  readonly authorityHost: string
}

export type StorageSettings =
  | { readonly connectionString: string }
  | { readonly tableUri: string; readonly queueUri: string; readonly blobUri: string }

export type Settings = {
  readonly storage: StorageSettings
  readonly cloud: Cloud & { readonly isCustom: boolean }
  readonly identity: {
    /** App Service and Functions set `IDENTITY_ENDPOINT` where the app has a managed identity. */
    readonly isManaged: boolean
    /** Of a user-assigned identity. */
    readonly clientId?: string
  }
  readonly planFile: string
  readonly logLevel: LogLevel
  /** How long versions of inventories are kept. */
  readonly inventoryKeptDays: number
  /** Where the app runs, as in ids: `ukwest`. Undefined: not in Azure. */
  readonly region?: string
}

export const logLevels = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

type Environment = Readonly<Record<string, string | undefined>>

/** Empty settings count as missing: the portal and shells make them easily. Throws an Error; never shows a secret. */
export function readSettings(environment: Environment = process.env): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  )
  const parsed = schema.safeParse(given)
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
  const told = new Set((parsed.error?.issues ?? []).map(({ path }) => path[0]))
  const tell: Problem = (name, message) => {
    if (!told.has(name)) problems.push(`${name}: ${message}`)
  }
  // Where single settings are wrong, the rest is still looked at, so that one start tells everything.
  const fields = parsed.data ?? ({ ...given, AZURE_CLOUD: cloudNameOf(given.AZURE_CLOUD) } as Fields)
  const storage = storageOf(fields, tell)
  const cloud = told.has('AZURE_CLOUD') ? undefined : cloudOf(fields, tell)
  if (!storage || !cloud || problems.length > 0)
    throw new Error(`The app settings cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
  return { storage, cloud, ...restOf(fields) }
}

const restOf = (
  fields: Fields,
): Pick<Settings, 'identity' | 'planFile' | 'logLevel' | 'inventoryKeptDays' | 'region'> => ({
  identity: {
    isManaged: fields.IDENTITY_ENDPOINT !== undefined,
    ...(fields.AZURE_CLIENT_ID !== undefined && { clientId: fields.AZURE_CLIENT_ID }),
  },
  planFile: fields.PLAN_FILE,
  logLevel: fields.LOG_LEVEL,
  inventoryKeptDays: fields.INVENTORY_KEPT,
  ...(fields.REGION_NAME !== undefined && { region: fields.REGION_NAME.replaceAll(' ', '').toLowerCase() }),
})

/** Addresses of the clouds: learn.microsoft.com, "Azure Government developer guide" and "Azure China endpoints". */
const clouds = {
  public: {
    endpoint: 'https://management.azure.com',
    authorityHost: 'https://login.microsoftonline.com',
    storageSuffix: 'core.windows.net',
  },
  usgovernment: {
    endpoint: 'https://management.usgovcloudapi.net',
    authorityHost: 'https://login.microsoftonline.us',
    storageSuffix: 'core.usgovcloudapi.net',
  },
  china: {
    endpoint: 'https://management.chinacloudapi.cn',
    authorityHost: 'https://login.chinacloudapi.cn',
    storageSuffix: 'core.chinacloudapi.cn',
  },
} as const

const address = (schemes: RegExp, right: string) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && schemes.test(text) && !/[?#]/.test(text), { error: `needs ${right}` })
    .transform((text) => text.replace(/\/+$/, ''))
const https = address(/^https:\/\/[^/@]+(\/|$)/i, 'an https address without user, query or fragment')
const origin = https.refine((text) => new URL(text).pathname === '/', {
  error: 'needs an https address without a path',
})
const storageAddress = address(/^https?:\/\/[^/@]+(\/|$)/i, 'an address without user, query or fragment')

/** Six fields, as the Functions host reads schedules; what they mean is checked by the host. */
const schedule = z
  .string()
  .regex(/^(\S+\s+){5}\S+$/, { error: 'needs an NCRONTAB expression of six fields, e.g. */30 * * * * *' })
  .optional()

const wholeDays = z.coerce
  .number({ error: 'needs a number of days: 1 to 365' })
  .int({ error: 'needs whole days: 1 to 365' })
  .min(1, { error: 'needs at least 1 day' })
  .max(365, { error: 'needs at most 365 days' })

const guid = z.guid({ error: 'needs the client id of a user-assigned identity: a GUID' })

const connectionString = z.string().regex(/AccountName=[^;]+.*AccountKey=[^;]+|AccountKey=[^;]+.*AccountName=[^;]+/is, {
  error: 'needs a connection string with AccountName and AccountKey',
})
const accountName = z
  .string()
  .regex(/^[a-z0-9]{3,24}$/, { error: 'needs a storage account name: 3 to 24 small letters or digits' })

const cloudNames = ['public', 'usgovernment', 'china', 'custom'] as const
const cloudNameOf = (text: string | undefined) => cloudNames.find((name) => name === text) ?? 'public'

const schema = z.object({
  Storage: connectionString.optional(),
  Storage__accountName: accountName.optional(),
  Storage__tableServiceUri: storageAddress.optional(),
  Storage__queueServiceUri: storageAddress.optional(),
  Storage__blobServiceUri: storageAddress.optional(),
  AZURE_CLOUD: z.enum(cloudNames, { error: `needs one of ${cloudNames.join(', ')}` }).default('public'),
  ARM_ENDPOINT: origin.optional(),
  ARM_AUDIENCE: https.optional(),
  AZURE_AUTHORITY_HOST: origin.optional(),
  AZURE_CLIENT_ID: guid.optional(),
  IDENTITY_ENDPOINT: z.string().optional(),
  /** App Service and Functions set it to the display name of their region: `UK West`. */
  REGION_NAME: z.string().optional(),
  PLAN_FILE: z.string().default('plans/plan.yaml'),
  SWEEP_SCHEDULE: schedule,
  INVENTORY_SCHEDULE: schedule,
  INVENTORY_KEPT: wholeDays.default(7),
  KEEP_ALIVE_SCHEDULE: schedule,
  FOLLOW_UP_SCHEDULE: schedule,
  LOG_LEVEL: z.enum(logLevels, { error: `needs one of ${logLevels.join(', ')}` }).default('info'),
})

type Fields = z.output<typeof schema>
type Problem = (name: string, message: string) => void

/** The names the Functions host itself knows for the connection `Storage`. */
function storageOf(given: Fields, problem: Problem): StorageSettings | undefined {
  const {
    Storage__tableServiceUri: tableUri,
    Storage__queueServiceUri: queueUri,
    Storage__blobServiceUri: blobUri,
  } = given
  if (given.Storage !== undefined) return { connectionString: given.Storage }
  if (tableUri !== undefined && queueUri !== undefined && blobUri !== undefined) return { tableUri, queueUri, blobUri }
  const account = given.Storage__accountName
  if (account !== undefined && given.AZURE_CLOUD !== 'custom') {
    const { storageSuffix } = clouds[given.AZURE_CLOUD]
    const of = (service: string) => `https://${account}.${service}.${storageSuffix}`
    return { tableUri: of('table'), queueUri: of('queue'), blobUri: of('blob') }
  }
  problem(
    'Storage',
    account === undefined
      ? 'needs a connection string, or Storage__accountName, or all of Storage__tableServiceUri, Storage__queueServiceUri and Storage__blobServiceUri'
      : 'a custom cloud needs Storage__tableServiceUri, Storage__queueServiceUri and Storage__blobServiceUri instead of Storage__accountName',
  )
  return undefined
}

function cloudOf(given: Fields, problem: Problem): Settings['cloud'] | undefined {
  const { AZURE_CLOUD: name, ARM_ENDPOINT: endpoint, ARM_AUDIENCE: audience } = given
  if (name !== 'custom') {
    for (const own of ['ARM_ENDPOINT', 'ARM_AUDIENCE'] as const)
      if (given[own] !== undefined) problem(own, `belongs to AZURE_CLOUD=custom, not to ${name}`)
    const cloud = clouds[name]
    const authorityHost = given.AZURE_AUTHORITY_HOST ?? cloud.authorityHost
    return { endpoint: cloud.endpoint, scope: `${cloud.endpoint}/.default`, authorityHost, isCustom: false }
  }
  if (endpoint === undefined) {
    problem('ARM_ENDPOINT', 'is needed with AZURE_CLOUD=custom')
    return undefined
  }
  return {
    endpoint,
    scope: `${audience ?? endpoint}/.default`,
    authorityHost: given.AZURE_AUTHORITY_HOST ?? clouds.public.authorityHost,
    isCustom: true,
  }
}
