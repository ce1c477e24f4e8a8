import { SkupperError } from '../../../core/model/error.ts'
import { API_VERSION } from '../../../core/model/resource-schema.ts'
import { settingOf, SETTINGS } from '../../../core/model/settings.ts'
import type { Site } from '../../../core/model/site.ts'
import {
  changeLine,
  checkSiteName,
  refuseRenaming,
  settingsFrom,
  type SiteFlags,
  checkMode,
  refuseModeChange,
} from '../../site-flags.ts'
import type { Setup } from '../platform.ts'

/** What `--ingress` may be, and the Site's `linkAccess` for it. */
const LINK_ACCESS: Readonly<Record<string, string>> = {
  route: 'route',
  loadbalancer: 'loadbalancer',
  nodeport: 'nodeport',
  ingress: 'ingress',
  'nginx-ingress-v1': 'ingress-nginx',
  'contour-http-proxy': 'contour-http-proxy',
  gateway: 'gateway',
  local: 'local',
  none: 'none',
}

/** The Site that `init` writes, and what it changes. */
export interface SitePlan extends Setup {
  site: Site
}

/** The Site of a namespace that has none. Throws where a flag's value cannot be used. */
export function newSite(namespace: string, flags: SiteFlags): SitePlan {
  checkFlags(flags)
  const isEdge = flags.get('router-mode') === 'edge'
  const site: Site = {
    apiVersion: API_VERSION,
    kind: 'Site',
    metadata: { name: checkSiteName(flags.get('site-name') ?? namespace) },
    spec: {
      linkAccess: linkAccessFrom(flags) ?? (isEdge ? 'none' : 'default'),
      ...(isEdge ? { edge: true } : {}),
      settings: settingsFrom(flags),
    },
  }
  checkWhole(site, flags)
  return { isNew: true, site, changes: [] }
}

/** The Site with the changes that flags name. Throws `site/immutable` for what cannot be changed in place. */
export function changedSite(site: Site, flags: SiteFlags): SitePlan {
  checkFlags(flags)
  refuseRenaming(flags, site.metadata.name)
  refuseModeChange(flags, site)
  const { name, labels, annotations } = site.metadata
  const before = site.spec.linkAccess ?? 'default'
  const linkAccess = linkAccessFrom(flags) ?? before
  const settings = { ...site.spec.settings, ...settingsFrom(flags) }
  const next: Site = {
    ...{ apiVersion: API_VERSION, kind: 'Site' },
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { ...site.spec, linkAccess, settings },
  }
  checkWhole(next, flags)
  const changes = [
    ...changeLine('ingress', ingressOf(before), ingressOf(linkAccess)),
    ...SETTINGS.flatMap(({ key }) => changeLine(key, settingOf(site, key), settingOf(next, key))),
    ...(flags.has('console-password') ? ['console-password: changed'] : []),
  ]
  return { isNew: false, site: next, changes }
}

function linkAccessFrom(flags: SiteFlags): string | undefined {
  const ingress = flags.get('ingress')
  return ingress === undefined ? undefined : LINK_ACCESS[ingress]
}

const ingressOf = (linkAccess: string): string =>
  Object.entries(LINK_ACCESS).find(([, access]) => access === linkAccess)?.[0] ?? linkAccess

/** Each flag by itself, before anything is asked of a cluster. */
export function checkFlags(flags: SiteFlags): void {
  const name = flags.get('site-name')
  if (name !== undefined) checkSiteName(name)
  checkMode(flags)
  for (const flag of ['ingress', 'console-ingress']) checkIngress(flag, flags.get(flag))
  settingsFrom(flags)
  if (flags.get('console-password') === '') throw wrong('console-password', '', 'a password')
}

function checkIngress(flag: string, kind: string | undefined): void {
  if (kind === undefined || Object.hasOwn(LINK_ACCESS, kind)) return
  const wanted = `one of ${Object.keys(LINK_ACCESS).join(', ')}`
  throw new SkupperError('flag/ingress', `Invalid value for ${flag}: ${kind}; wanted ${wanted}`, {
    given: kind,
    wanted,
  })
}

/** What flags and what is there already come to together. */
function checkWhole(site: Site, flags: SiteFlags): void {
  const access = site.spec.linkAccess ?? 'default'
  if (NEEDS_HOST.includes(access) && settingOf(site, 'ingress-host') === '') {
    const message = `--ingress-host option is required when using "--ingress ${ingressOf(access)}"`
    throw new SkupperError('flag/ingress-host', message, { wanted: '--ingress-host' })
  }
  if (site.spec.edge === true && access !== 'none' && flags.has('ingress')) {
    const reason = 'an edge site takes no links'
    throw new SkupperError('flag/ingress', `--ingress ${ingressOf(access)} cannot be used: ${reason}`, {
      wanted: 'none',
    })
  }
  checkEngine(site)
  checkConsole(site, flags)
}

/** Our image has our router only. */
function checkEngine(site: Site): void {
  const engine = settingOf(site, 'router-engine')
  if (engine === 'built-in' || settingOf(site, 'router-image') !== '') return
  const message = `--router-image option is required when using "--router-engine ${engine}"`
  throw new SkupperError('flag/router-image', message, { wanted: '--router-image' })
}

function checkConsole(site: Site, flags: SiteFlags): void {
  if (settingOf(site, 'flow-collector') === 'true' && settingOf(site, 'console') !== 'true') {
    const message = 'The --enable-flow-collector option must be used with the --enable-console option'
    throw new SkupperError('flag/flow-collector', message, { wanted: '--enable-console' })
  }
  const hasUser = flags.has('console-user') || flags.has('console-password')
  if (hasUser && settingOf(site, 'console-auth') !== 'internal') {
    const message =
      'for the console to work with this user or password, the --console-auth option must be set to internal'
    throw new SkupperError('flag/console-auth', message, { wanted: 'internal' })
  }
}

const NEEDS_HOST = ['nodeport', 'contour-http-proxy']

function wrong(flag: string, given: string, wanted: string): SkupperError {
  return new SkupperError('flag/value', `invalid value "${given}" for --${flag}; wanted ${wanted}`, { given, wanted })
}
