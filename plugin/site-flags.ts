import { type Command, Option } from 'commander'
import { SkupperError } from '../core/model/error.ts'
import { SETTINGS, type SettingKey } from '../core/model/settings.ts'
import type { Site } from '../core/model/site.ts'
import type { PlatformName } from './platform/platform-name.ts'

/** The flags given to `init`, by name and as text ("true" for a flag without value): an absent one means "as it was". */
export type SiteFlags = ReadonlyMap<string, string>

/** A flag of `init` that describes the site. */
interface SiteFlag {
  name: string
  /** What its value is called; a flag without takes true or false, true where it is bare. */
  value?: string
  description: string
  /** Where it is known; everywhere unless said otherwise. */
  on?: PlatformName
  /** The setting of the Site that it sets. */
  setting?: SettingKey
}

const ENABLE = 'true or false, true where it stands alone'

/** Flags of settings that have the setting's name. */
const SETTING_FLAGS: readonly SettingKey[] = [
  ...(['routers', 'router-image', 'router-data-connection-count'] as const),
  ...(['router-cpu', 'router-memory', 'router-cpu-limit', 'router-memory-limit', 'router-node-selector'] as const),
  ...(['router-tolerations', 'router-pod-affinity', 'router-pod-antiaffinity', 'router-priority-class'] as const),
  ...(['router-pod-annotations', 'router-service-annotations', 'router-load-balancer-ip'] as const),
  ...(['controller-cpu', 'controller-memory', 'controller-cpu-limit', 'controller-memory-limit'] as const),
  ...(['controller-node-selector', 'controller-tolerations', 'controller-pod-affinity'] as const),
  ...(['controller-pod-antiaffinity', 'controller-priority-class', 'controller-pod-annotations'] as const),
  ...(['ingress-host', 'ingress-annotations', 'labels', 'annotations', 'image'] as const),
  ...(['console-auth', 'console-user', 'console-ingress'] as const),
]

/** Every flag of `init` that describes the site. */
export const SITE_FLAGS: readonly SiteFlag[] = [
  { name: 'site-name', value: 'name', description: 'name of the site (the namespace where not given)' },
  { name: 'router-mode', value: 'mode', description: 'interior, or edge: a site that only links to others' },
  { name: 'enable-service-sync', description: `share services with other sites: ${ENABLE}`, setting: 'service-sync' },
  {
    ...{ name: 'service-sync-labels', value: 'labels', setting: 'service-sync-labels' },
    description: 'share only services with these labels, as k=v,k=v',
  },
  {
    ...{ name: 'link-host', value: 'host', on: 'linux', setting: 'link-host' },
    description: 'host name or address that other sites link to',
  },
  { name: 'link-port', value: 'port', on: 'linux', description: 'port that other sites link to' },
  {
    ...{ name: 'edge-port', value: 'port', on: 'linux' },
    description: 'port that edge sites link to (45671, or the one after --link-port)',
  },
  {
    ...{ name: 'listen-host', value: 'host', on: 'linux', setting: 'listen-host' },
    description: 'address that services listen on',
  },
  {
    ...{ name: 'router-engine', value: 'engine', setting: 'router-engine' },
    description: 'which router the site runs: built-in, or skupper-router, the one written in C',
  },
  {
    ...{ name: 'router-binary', value: 'path', on: 'linux', setting: 'router-binary' },
    description: 'the program of skupper-router, where it is not the skrouterd on the path',
  },
  {
    ...{ name: 'router-logging', value: 'levels', setting: 'router-logging' },
    description: 'what routers log, such as info or ROUTER:debug,SERVER:info+',
  },
  {
    ...{ name: 'ingress', value: 'kind', on: 'kubernetes' },
    description: 'how other sites reach this one (route where there are routes, else loadbalancer)',
  },
  {
    ...{ name: 'router-ingress-host', value: 'host', on: 'kubernetes', setting: 'ingress-host' },
    description: 'the same as --ingress-host',
  },
  {
    ...{ name: 'create-network-policy', on: 'kubernetes', setting: 'create-network-policy' },
    description: `let in to the site's pods only what is needed: ${ENABLE}`,
  },
  {
    ...{ name: 'enable-console', on: 'kubernetes', setting: 'console' },
    description: `have a console: ${ENABLE}`,
  },
  {
    ...{ name: 'enable-flow-collector', on: 'kubernetes', setting: 'flow-collector' },
    description: `collect telemetry of the network for the console: ${ENABLE}`,
  },
  {
    ...{ name: 'console-password', value: 'password', on: 'kubernetes' },
    description: 'password of the console user (a random one where not given)',
  },
  ...SETTING_FLAGS.map((key): SiteFlag => {
    const { meaning } = SETTINGS.find((setting) => setting.key === key) ?? { meaning: '' }
    return { name: key, value: 'value', description: sentenceStart(meaning), on: 'kubernetes', setting: key }
  }),
]

const NO_CONTAINER = 'the controller configures routers over their management: there is no such container'
const NO_PROMETHEUS = 'no Prometheus is installed: routers serve metrics for yours'
const WITH_CONSOLE = 'there is no collector of its own in this release'
const ONE_ADDRESS = 'tokens are redeemed through the address of the router'

/** Flags of Skupper v1 that mean nothing here, with the reason. */
const REFUSED_FLAGS: Readonly<Record<string, string>> = {
  'annotation-separator': 'annotations are separated by commas',
  'controller-service-annotation': ONE_ADDRESS,
  'controller-ingress-host': ONE_ADDRESS,
  'controller-load-balancer-ip': ONE_ADDRESS,
  'controller-pod-annotation': 'it is called --controller-pod-annotations',
  'enable-rest-api': 'there is no REST API: "kubectl get sites,links,listeners,connectors,remotesites" tells the same',
  'enable-cluster-permissions': 'a site has rights in its own namespace only',
  'enable-skupper-events': 'what happens is told by conditions of the objects, always',
  'service-sync-site-ttl': 'services of a site go when it leaves the network',
  'router-disable-mutual-tls': 'links are mutual TLS, always',
  'run-as-user': 'the image runs as a user of its own, or as the one the cluster assigns',
  'run-as-group': 'the image runs as a group of its own, or as the one the cluster assigns',
  'flow-collector-record-ttl': WITH_CONSOLE,
  'external-prometheus-server': NO_PROMETHEUS,
  'prometheus-auth': NO_PROMETHEUS,
  'prometheus-user': NO_PROMETHEUS,
  'prometheus-password': NO_PROMETHEUS,
  'prometheus-server-pod-annotation': NO_PROMETHEUS,
  ...resources('config-sync', NO_CONTAINER),
  ...resources('flow-collector', WITH_CONSOLE),
  ...resources('prometheus', NO_PROMETHEUS),
}

/** The options of `init` for the flags above; those that are refused are not in its help. */
export function siteOptions(): Option[] {
  const known = SITE_FLAGS.map(
    ({ name, value, description }) =>
      new Option(value === undefined ? `--${name} [boolean]` : `--${name} <${value}>`, description),
  )
  const refused = Object.keys(REFUSED_FLAGS).map((name) => new Option(`--${name} [value]`).hideHelp())
  return [...known, ...refused]
}

/** The flags that were typed. Throws `flag/refused` for one that means nothing here, or not on this platform. */
export function givenFlags(command: Command, platform: PlatformName): SiteFlags {
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
  const flags = new Map<string, string>()
  for (const option of given) {
    const name = option.name()
    refuse(name, platform)
    const isKnown = SITE_FLAGS.some((flag) => flag.name === name)
    if (isKnown) flags.set(name, String(command.getOptionValue(option.attributeName())))
  }
  return flags
}

function refuse(name: string, platform: PlatformName): void {
  const where = SITE_FLAGS.find((flag) => flag.name === name)?.on
  const elsewhere = where === undefined || where === platform ? undefined : `it is for sites on ${PLACES[where]}`
  const reason = REFUSED_FLAGS[name] ?? elsewhere
  if (reason === undefined) return
  throw new SkupperError('flag/refused', `--${name} cannot be used: ${reason}`, { given: name, wanted: reason })
}

const PLACES = { kubernetes: 'Kubernetes', linux: 'machines (--platform linux)' } as const

/** The settings that flags name. Throws `flag/value` for a value that the setting does not take. */
export function settingsFrom(flags: SiteFlags): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const { name, setting } of SITE_FLAGS) {
    const value = flags.get(name)
    if (value === undefined || setting === undefined) continue
    checkSetting(name, setting, value)
    settings[setting] = value
  }
  return settings
}

function checkSetting(flag: string, key: SettingKey, value: string): void {
  const { accepts, wanted } = SETTINGS.find((setting) => setting.key === key) ?? { accepts: () => true, wanted: '' }
  if (accepts(value)) return
  throw new SkupperError('flag/value', `invalid value "${value}" for --${flag}; wanted ${wanted}`, {
    given: value,
    wanted,
  })
}

/** What `init` prints of a value that changed; nothing where it did not. */
export function changeLine(key: string, before: string, after: string): string[] {
  return before === after ? [] : [`${key}: ${before === '' ? '(none)' : before} -> ${after === '' ? '(none)' : after}`]
}

/** The name of a site, checked. Throws `site/name`. */
export function checkSiteName(text: string): string {
  if (/\s/.test(text)) {
    throw new SkupperError('site/name', 'invalid skupper site name: value contains spaces', { given: text })
  }
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text
  const wanted = 'at most 63 lower-case letters, digits and "-"'
  throw new SkupperError('site/name', `invalid skupper site name: "${text}"; wanted ${wanted}`, { given: text, wanted })
}

/** Throws `site/immutable` where a flag names another site than the one that is there. */
export function refuseRenaming(flags: SiteFlags, siteName: string): void {
  const name = flags.get('site-name')
  if (name === undefined || name === siteName) return
  const message = `the site's name is "${siteName}" and cannot be changed in place: run "skupper delete" first`
  throw new SkupperError('site/immutable', message, { given: name, wanted: siteName })
}

/** Throws `flag/router-mode` for a mode that no router has. */
export function checkMode(flags: SiteFlags): void {
  const mode = flags.get('router-mode')
  if (mode === undefined || mode === 'interior' || mode === 'edge') return
  const wanted = 'it must be one of "interior, edge"'
  throw new SkupperError('flag/router-mode', `invalid "--router-mode=${mode}", ${wanted}`, { given: mode, wanted })
}

/** Throws `site/immutable` where a flag names another mode than that of the site that is there. */
export function refuseModeChange(flags: SiteFlags, { spec }: Site): void {
  const mode = spec.edge === true ? 'edge' : 'interior'
  const given = flags.get('router-mode')
  if (given === undefined || given === mode) return
  const message = `the site's mode is "${mode}" and cannot be changed in place: run "skupper delete" first`
  throw new SkupperError('site/immutable', message, { given, wanted: mode })
}

function resources(prefix: string, reason: string): Record<string, string> {
  return Object.fromEntries(['cpu', 'memory', 'cpu-limit', 'memory-limit'].map((name) => [`${prefix}-${name}`, reason]))
}

function sentenceStart(sentence: string): string {
  const text = sentence.replace(/\.$/, '')
  return /^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}
