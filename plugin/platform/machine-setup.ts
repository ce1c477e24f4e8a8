import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { checkPort } from '../../core/model/address.ts'
import { SkupperError } from '../../core/model/error.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { DEFAULT_ROLE_PORTS, type RouterAccess } from '../../core/model/router-access.ts'
import type { Site } from '../../core/model/site.ts'
import { settingOf } from '../../core/model/settings.ts'
import {
  changeLine,
  checkMode,
  checkSiteName,
  refuseModeChange,
  refuseRenaming,
  settingsFrom,
  type SiteFlags,
} from '../site-flags.ts'
import type { Setup } from './platform.ts'
import { engineSettings } from './router-binary.ts'

/** What `init` has to write on a machine, and what changes by it. */
export interface MachineSetup extends Setup {
  resources: (Site | RouterAccess)[]
}

/** A new site of the namespace. Throws where a flag's value cannot be used. */
export async function newSite(namespace: string, flags: SiteFlags): Promise<MachineSetup> {
  await checkFlags(flags)
  const settings = await engineSettings(flags, settingsFrom(flags))
  const metadata = { name: checkSiteName(flags.get('site-name') ?? namespace) }
  const site = { apiVersion: API_VERSION, kind: 'Site', metadata } as const
  if (flags.get('router-mode') === 'edge') {
    refuseLinkFlags(flags)
    const spec = { linkAccess: 'none', edge: true, settings }
    return { isNew: true, resources: [{ ...site, spec }], changes: [] }
  }
  const linkHost = flags.get('link-host') ?? firstOutsideAddress()
  const spec = { linkAccess: 'default', settings: { ...settings, 'link-host': linkHost } }
  return { isNew: true, resources: [{ ...site, spec }, accessFor(linkHost, linkPorts(flags, {}))], changes: [] }
}

/** The site with the changes that the flags name. Throws where one cannot be changed in place. */
export async function changedSite(
  flags: SiteFlags,
  site: Site,
  access: RouterAccess | undefined,
): Promise<MachineSetup> {
  await checkFlags(flags)
  refuseRenaming(flags, site.metadata.name)
  refuseModeChange(flags, site)
  const isEdge = site.spec.edge === true
  if (isEdge) refuseLinkFlags(flags)
  const settings = await engineSettings(flags, { ...site.spec.settings, ...settingsFrom(flags) })
  const next: Site = { ...site, spec: { ...site.spec, settings } }
  const settingChanges = SITE_SETTINGS.flatMap((key) => changeLine(key, settingOf(site, key), settingOf(next, key)))
  const ports = accessPorts(access)
  const nextPorts = linkPorts(flags, ports)
  const portChanges = [
    ...changeLine(
      'link-port',
      textOf(ports['inter-router'] ?? nextPorts['inter-router']),
      textOf(nextPorts['inter-router']),
    ),
    ...changeLine('edge-port', textOf(ports.edge), textOf(nextPorts.edge)),
    ...(settingOf(site, 'link-host') === settingOf(next, 'link-host') ? [] : [OLD_LINK_HOST]),
  ]
  const changes = isEdge ? settingChanges : [...settingChanges, ...portChanges]
  const resources = isEdge ? [next] : [next, accessFor(settingOf(next, 'link-host'), nextPorts)]
  return { isNew: false, resources: changes.length === 0 ? [] : resources, changes }
}

const LINK_ROLES = ['inter-router', 'edge'] as const
const MAX_PORT = 65_535
const OLD_LINK_HOST = 'Other sites still know the old link-host: make new tokens for them.'
const SERVICE_SETTINGS = ['service-sync', 'service-sync-labels'] as const
const SITE_SETTINGS = [
  'listen-host',
  'link-host',
  ...SERVICE_SETTINGS,
  'router-engine',
  'router-binary',
  'router-logging',
] as const

const LINK_FLAGS = ['link-host', 'link-port', 'edge-port']

/** The ports that other sites link to, by the role of their routers. */
interface LinkPorts {
  readonly 'inter-router': number
  readonly edge: number
}

function linkPorts(flags: SiteFlags, before: Partial<LinkPorts>): LinkPorts {
  const interRouter = portFlag(flags, 'link-port') ?? before['inter-router'] ?? DEFAULT_ROLE_PORTS['inter-router']
  const edge = portFlag(flags, 'edge-port') ?? before.edge ?? edgePortBeside(interRouter)
  return { 'inter-router': interRouter, edge }
}

/** Whoever chose another port than the usual one did so because of another site of this machine. */
function edgePortBeside(port: number): number {
  if (port === DEFAULT_ROLE_PORTS['inter-router']) return DEFAULT_ROLE_PORTS.edge
  return port === MAX_PORT ? port - 1 : port + 1
}

function accessPorts(access: RouterAccess | undefined): Partial<LinkPorts> {
  const roles = access?.spec.roles ?? []
  return Object.fromEntries(roles.map(({ name, port }) => [name, port]))
}

function portFlag(flags: SiteFlags, name: string): number | undefined {
  const given = flags.get(name)
  return given === undefined ? undefined : checkPort(given)
}

function refuseLinkFlags(flags: SiteFlags): void {
  const name = LINK_FLAGS.find((each) => flags.has(each))
  if (name === undefined) return
  const reason = 'an edge site takes no links'
  throw new SkupperError('flag/refused', `--${name} cannot be used: ${reason}`, { given: name, wanted: reason })
}

const textOf = (port: number | undefined): string => (port === undefined ? '' : String(port))

/** An address that is not of this machine (a forwarded or public one) is told to others, but cannot be bound. */
function accessFor(linkHost: string, ports: LinkPorts): RouterAccess {
  return {
    apiVersion: API_VERSION,
    kind: 'RouterAccess',
    metadata: { name: 'skupper-router' },
    spec: {
      roles: LINK_ROLES.map((name) => ({ name, port: ports[name] })),
      tlsCredentials: 'skupper-site-server',
      bindHost: isOwnAddress(linkHost) ? linkHost : '0.0.0.0',
      subjectAlternativeNames: [linkHost],
    },
  }
}

async function checkFlags(flags: SiteFlags): Promise<void> {
  checkMode(flags)
  settingsFrom(flags)
  linkPorts(flags, {})
  const name = flags.get('site-name')
  if (name !== undefined) checkSiteName(name)
  for (const host of [flags.get('link-host'), flags.get('listen-host')]) if (host !== undefined) await checkHost(host)
}

/** Throws `host/unknown` where the name of a host has no address now. */
export async function checkHost(host: string): Promise<void> {
  await lookup(host).catch((cause: unknown) => {
    throw new SkupperError('host/unknown', `invalid hostname or ip: "${host}" has no address`, { given: host, cause })
  })
}

function isOwnAddress(host: string): boolean {
  return host.startsWith('127.') || addresses().some(({ address }) => address === host)
}

function firstOutsideAddress(): string {
  return addresses().find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}

const addresses = () => Object.values(networkInterfaces()).flatMap((list) => list ?? [])
