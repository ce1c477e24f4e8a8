import { Command, Option } from 'commander'
import { randomUUID } from 'node:crypto'
import { platformOf, type Cli } from '../cli.ts'
import { durationOf, parseCount, timeoutFlag } from '../flags.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../core/model/annotation-names.ts'
import type { AccessGrant } from '../../core/model/access-grant.ts'
import { formatDuration, parseDuration } from '../../core/model/duration.ts'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { secretText } from '../../core/model/secret.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'
import { checkWritable, tokenFor, writeToken } from '../token-file.ts'
import { waitUntil } from '../wait.ts'

/** Go durations have no "for ever"; a hundred years are as good. */
const NEVER_MS = 100 * 365 * 24 * 3_600_000
const DEFAULT_EXPIRY = '15m'
const UNLIMITED_USES = 1_000_000

interface Flags {
  name?: string
  expiry: number
  uses: number
  timeout: number
}

/** `skupper token create FILE`: grants another site the right to link to this one, and writes the token for it. */
export function tokenCreateCommand(cli: Cli): Command {
  return new Command('create')
    .description('Create a token that lets another site link to this one')
    .argument('<file>', 'where to write the token')
    .option('--name <name>', 'name of the token (a generated one where not given)')
    .addOption(expiryFlag())
    .option('--uses <count>', 'how many sites can use it; 0 for any number', parseCount, 1)
    .addOption(timeoutFlag('60s'))
    .action(async (file: string, flags: Flags, command: Command) => {
      await create(cli, await platformOf(cli, command), { file, flags }).catch((cause: unknown) => {
        throw failed(cause)
      })
      cli.terminal.print(`Token written to ${file} `)
    })
}

const expiryFlag = (): Option =>
  new Option('--expiry <duration>', 'how long it can be used first; 0 for ever')
    .default(parseDuration(DEFAULT_EXPIRY), DEFAULT_EXPIRY)
    .argParser(durationOf('--expiry'))

async function create(cli: Cli, platform: Platform, { file, flags }: { file: string; flags: Flags }): Promise<void> {
  const site = await requireSite(platform)
  if (site.spec.edge === true) {
    throw new SkupperError('token/edge-site', 'Edge configuration cannot accept connections')
  }
  await checkWritable(file)
  const grant = grantFor(flags.name ?? `${site.metadata.name}-${randomUUID()}`, flags)
  if ((await platform.resources.get('AccessGrant', grant.metadata.name)) !== undefined) {
    throw new SkupperError('token/name-in-use', `a token named "${grant.metadata.name}" exists already`, {
      given: grant.metadata.name,
    })
  }
  await platform.resources.apply(grant)
  const token = await issued(cli, platform, { name: grant.metadata.name, timeoutMs: flags.timeout })
  await writeToken(file, tokenFor(token, site))
}

function grantFor(name: string, { expiry, uses }: Flags): AccessGrant {
  return {
    apiVersion: API_VERSION,
    kind: 'AccessGrant',
    // The controller then keeps its code out of the status.
    metadata: { name, labels: { [MANAGED_BY_LABEL]: MANAGED_BY } },
    spec: {
      redemptionsAllowed: uses === 0 ? UNLIMITED_USES : uses,
      expirationWindow: formatDuration(expiry === 0 ? NEVER_MS : expiry),
    },
  }
}

/** The grant once its address and certificate are known, with its code. */
async function issued(cli: Cli, platform: Platform, { name, timeoutMs }: { name: string; timeoutMs: number }) {
  const waiting = { what: 'Waiting for the token', timeoutMs, terminal: cli.terminal }
  const look = async () => {
    const grant = await platform.resources.get('AccessGrant', name)
    const secret = await platform.resources.get('Secret', `${name}-code`)
    const code = secret === undefined ? undefined : secretText(secret, 'code')
    return { grant, code }
  }
  await waitUntil(async () => {
    const { grant, code } = await look()
    if (grant?.status?.url !== undefined && grant.status.ca !== undefined && code !== undefined) return undefined
    return grant?.status?.message ?? 'the controller has not issued it yet'
  }, waiting)
  const { grant, code } = await look()
  return { name, url: grant?.status?.url, ca: grant?.status?.ca, code, expires: grant?.status?.expirationTime }
}

function failed(cause: unknown): SkupperError {
  const code = cause instanceof SkupperError ? cause.code : 'token/create'
  return new SkupperError(code, `Failed to create token: ${messageOf(cause)}`, { cause })
}
