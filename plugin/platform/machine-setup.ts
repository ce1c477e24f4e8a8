import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { checkPort } from '../../core/model/address.ts'
import { SkupperError } from '../../core/model/error.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { DEFAULT_ROLE_PORTS, type RouterAccess } from '../../core/model/router-access.ts'
import type { Site } from '../../core/model/site.ts'
import { settingOf } from '../../core/model/settings.ts'
import { changeLine, checkSiteName, refuseRenaming, settingsFrom, type SiteFlags } from '../site-flags.ts'
import type { Setup } from './platform.ts'

/** What `init` has to write on a machine, and what changes by it. */
export interface MachineSetup extends Setup {
  resources: (Site | RouterAccess)[]
}

/** A new site of the namespace. Throws where a flag's value cannot be used. */
export async function newSite(namespace: string, flags: SiteFlags): Promise<MachineSetup> {
  await checkFlags(flags)
  const linkHost = flags.get('link-host') ?? firstOutsideAddress()
  const site: Site = {
    apiVersion: API_VERSION,
    kind: 'Site',
    metadata: { name: checkSiteName(flags.get('site-name') ?? namespace) },
    spec: { linkAccess: 'default', settings: { ...settingsFrom(flags), 'link-host': linkHost } },
  }
  const access = accessFor(linkHost, linkPort(flags) ?? DEFAULT_ROLE_PORTS['inter-router'])
  return { isNew: true, resources: [site, access], changes: [] }
}

/** The site with the changes that the flags name. Throws where one cannot be changed in place. */
export async function changedSite(
  flags: SiteFlags,
  site: Site,
  access: RouterAccess | undefined,
): Promise<MachineSetup> {
  await checkFlags(flags)
  refuseRenaming(flags, site.metadata.name)
  const named = settingsFrom(flags)
  const settings = { ...site.spec.settings, ...named }
  const next: Site = { ...site, spec: { ...site.spec, settings } }
  const before = access?.spec.roles.find(({ name }) => name === 'inter-router')?.port
  const port = linkPort(flags) ?? before ?? DEFAULT_ROLE_PORTS['inter-router']
  const nextAccess = accessFor(settingOf(next, 'link-host'), port)
  const changes = [
    ...SITE_SETTINGS.flatMap((key) => changeLine(key, settingOf(site, key), settingOf(next, key))),
    ...changeLine('link-port', String(before ?? port), String(port)),
    ...(settingOf(site, 'link-host') === settingOf(next, 'link-host') ? [] : [OLD_LINK_HOST]),
  ]
  const resources = [next, nextAccess]
  return { isNew: false, resources: changes.length === 0 ? [] : resources, changes }
}

const OLD_LINK_HOST = 'Other sites still know the old link-host: make new tokens for them.'
const SITE_SETTINGS = ['listen-host', 'link-host', 'service-sync', 'service-sync-labels'] as const

const linkPort = (flags: SiteFlags): number | undefined => {
  const given = flags.get('link-port')
  return given === undefined ? undefined : checkPort(given)
}

/** An address that is not of this machine (a forwarded or public one) is told to others, but cannot be bound. */
function accessFor(linkHost: string, port: number): RouterAccess {
  return {
    apiVersion: API_VERSION,
    kind: 'RouterAccess',
    metadata: { name: 'skupper-router' },
    spec: {
      roles: [{ name: 'inter-router', port }],
      tlsCredentials: 'skupper-site-server',
      bindHost: isOwnAddress(linkHost) ? linkHost : '0.0.0.0',
      subjectAlternativeNames: [linkHost],
    },
  }
}

async function checkFlags(flags: SiteFlags): Promise<void> {
  const mode = flags.get('router-mode')
  if (mode !== undefined && mode !== 'interior') {
    const wanted = 'it must be "interior"'
    throw new SkupperError('flag/router-mode', `invalid "--router-mode=${mode}", ${wanted}`, { given: mode, wanted })
  }
  settingsFrom(flags)
  linkPort(flags)
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
