import { networkInterfaces } from 'node:os'
import { SkupperError } from '../core/model/error.ts'
import { parseLabels } from '../core/model/labels.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import { DEFAULT_ROLE_PORTS, type RouterAccess } from '../core/model/router-access.ts'
import type { Site } from '../core/model/site.ts'
import { settingOf, type SettingKey } from '../core/model/settings.ts'
import { checkHost } from './exposure.ts'

/** The flags of `init` that describe the site; an absent one means the default at first, "as it was" later. */
export interface SiteFlags {
  siteName?: string
  routerMode?: 'interior'
  linkHost?: string
  linkPort?: number
  listenHost?: string
  enableServiceSync?: boolean
  serviceSyncLabels?: string
}

/** What `init` has to write, and what changes by it, a line each. */
export interface Setup {
  isNew: boolean
  resources: (Site | RouterAccess)[]
  changes: string[]
}

/** A new site of the namespace. Throws where a flag's value cannot be used. */
export async function newSite(namespace: string, flags: SiteFlags): Promise<Setup> {
  await checkFlags(flags)
  const linkHost = flags.linkHost ?? firstOutsideAddress()
  const site: Site = {
    apiVersion: API_VERSION,
    kind: 'Site',
    metadata: { name: siteName(flags.siteName ?? namespace) },
    spec: { linkAccess: 'default', settings: { ...settingsFrom(flags), 'link-host': linkHost } },
  }
  const access = accessFor(linkHost, flags.linkPort ?? DEFAULT_ROLE_PORTS['inter-router'])
  return { isNew: true, resources: [site, access], changes: [] }
}

/** The site with the changes that the flags name. Throws where one cannot be changed in place. */
export async function changedSite(flags: SiteFlags, site: Site, access: RouterAccess | undefined): Promise<Setup> {
  await checkFlags(flags)
  refuseRenaming(flags.siteName, site)
  const named = settingsFrom(flags)
  const settings = { ...site.spec.settings, ...named }
  const next: Site = { ...site, spec: { ...site.spec, settings } }
  const before = access?.spec.roles.find(({ name }) => name === 'inter-router')?.port
  const port = flags.linkPort ?? before ?? DEFAULT_ROLE_PORTS['inter-router']
  const nextAccess = accessFor(settingOf(next, 'link-host'), port)
  const changes = [
    ...SITE_SETTINGS.flatMap((key) => changeLine(key, settingOf(site, key), settingOf(next, key))),
    ...changeLine('link-port', String(before ?? port), String(port)),
  ]
  const resources = [next, nextAccess]
  return { isNew: false, resources: changes.length === 0 ? [] : resources, changes }
}

const SITE_SETTINGS = ['listen-host', 'link-host', 'service-sync', 'service-sync-labels'] as const

function refuseRenaming(name: string | undefined, { metadata }: Site): void {
  if (name === undefined || name === metadata.name) return
  const message = `the site's name is "${metadata.name}" and cannot be changed in place: run "skupper delete" first`
  throw new SkupperError('site/immutable', message, { given: name, wanted: metadata.name })
}

function changeLine(key: string, before: string, after: string): string[] {
  return before === after ? [] : [`${key}: ${before === '' ? '(none)' : before} -> ${after === '' ? '(none)' : after}`]
}

function settingsFrom(flags: SiteFlags): Partial<Record<SettingKey, string>> {
  return {
    ...(flags.listenHost === undefined ? {} : { 'listen-host': flags.listenHost }),
    ...(flags.linkHost === undefined ? {} : { 'link-host': flags.linkHost }),
    ...(flags.enableServiceSync === undefined ? {} : { 'service-sync': String(flags.enableServiceSync) }),
    ...(flags.serviceSyncLabels === undefined ? {} : { 'service-sync-labels': flags.serviceSyncLabels }),
  }
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

async function checkFlags({ siteName: name, linkHost, listenHost, serviceSyncLabels }: SiteFlags): Promise<void> {
  if (name !== undefined) siteName(name)
  for (const host of [linkHost, listenHost]) if (host !== undefined) await checkHost(host)
  if (serviceSyncLabels !== undefined && serviceSyncLabels !== '' && parseLabels(serviceSyncLabels) === undefined) {
    const wanted = 'labels such as k=v,k=v'
    const message = `invalid value "${serviceSyncLabels}" for --service-sync-labels; wanted ${wanted}`
    throw new SkupperError('flag/labels', message, { given: serviceSyncLabels, wanted })
  }
}

function siteName(text: string): string {
  if (/\s/.test(text)) {
    throw new SkupperError('site/name', 'invalid skupper site name: value contains spaces', { given: text })
  }
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text
  const wanted = 'at most 63 lower-case letters, digits and "-"'
  throw new SkupperError('site/name', `invalid skupper site name: "${text}"; wanted ${wanted}`, { given: text, wanted })
}

function isOwnAddress(host: string): boolean {
  return host.startsWith('127.') || addresses().some(({ address }) => address === host)
}

function firstOutsideAddress(): string {
  return addresses().find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}

const addresses = () => Object.values(networkInterfaces()).flatMap((list) => list ?? [])
