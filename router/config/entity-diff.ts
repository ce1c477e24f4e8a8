import { jsonOf } from '../../core/model/schema-issue.ts'
import { BUILT_IN, type EngineCapabilities } from './engine-capabilities.ts'
import { INLINE_TLS, parseAttributes, type AttributeValue, type EntityConfig, type EntityType } from './entities.ts'
import { logChanges } from './log-changes.ts'
import { isOurProfile } from './ssl-profiles.ts'
import { FINGERPRINT_ATTRIBUTES, tlsFingerprints } from './tls-fingerprints.ts'
import type { TlsFingerprints } from './tls-fingerprints.ts'

/** An entity as a router reports it over management: with its name, and more attributes than it was configured with. */
export interface CurrentEntity {
  readonly type: EntityType
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A change to one entity. */
export interface EntityChange {
  readonly type: EntityType
  readonly name: string
  /** For a creation all attributes, for an update those that change, for a deletion none. */
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** Changes that bring a router to a configuration; to be made in this order, each list from its beginning. */
export interface EntityPlan {
  readonly delete: readonly EntityChange[]
  readonly update: readonly EntityChange[]
  readonly create: readonly EntityChange[]
}

const TLS_FILES = ['caCertFile', 'certFile', 'privateKeyFile'] as const

/**
 * The types that are kept in step, those that others refer to first, each with what it is compared by: every attribute
 * that our configuration ever sets. Others keep their defaults, which may differ from engine to engine. All other
 * types are read from the boot file only.
 */
const COMPARED: ReadonlyMap<EntityType, readonly string[]> = new Map([
  ['sslProfile', [...TLS_FILES, 'ordinal', 'oldestValidOrdinal', 'revokedKeys']],
  ['listener', ['host', 'port', 'role', 'sslProfile', 'saslMechanisms', 'authenticatePeer', 'requireSsl']],
  ['connector', ['host', 'port', 'role', 'cost', 'sslProfile', 'saslMechanisms', 'verifyHostname']],
  [
    'tcpListener',
    ['address', 'host', 'port', 'sslProfile', 'authenticatePeer', 'observer', 'siteId', 'multiAddressStrategy'],
  ],
  ['listenerAddress', ['address', 'value', 'listener']],
  ['tcpConnector', ['address', 'host', 'port', 'sslProfile', 'verifyHostname', 'processId', 'siteId']],
  ['httpListener', ['address', 'host', 'port', 'sslProfile', 'observer', 'siteId', 'protocolVersion']],
  ['httpConnector', ['address', 'host', 'port', 'sslProfile', 'verifyHostname', 'siteId', 'protocolVersion']],
])

/** What can be updated in place (protocol sheet, section 7); any other change is a deletion and a creation. */
const UPDATABLE: Partial<Record<EntityType, readonly string[]>> = {
  sslProfile: [...TLS_FILES, ...INLINE_TLS, 'ordinal', 'oldestValidOrdinal', 'revokedKeys'],
  tcpListener: ['observer'],
  listenerAddress: ['value'],
}

const isLinkRole = (_name: string, { role }: CurrentEntity['attributes']): boolean =>
  role === 'inter-router' || role === 'edge'
const startsWith =
  (prefix: string) =>
  (name: string): boolean =>
    name.startsWith(prefix)

/** How to tell what is ours. */
const OURS: Partial<Record<EntityType, (name: string, attributes: CurrentEntity['attributes']) => boolean>> = {
  sslProfile: isOurProfile,
  listener: isLinkRole,
  connector: isLinkRole,
  tcpListener: (name) => name.startsWith('listener/') || name.startsWith('multiAddress/'),
  listenerAddress: startsWith('multiAddress/'),
  httpListener: startsWith('listener/'),
  tcpConnector: startsWith('connector/'),
  httpConnector: startsWith('connector/'),
}

/** The entity types that `diffEntities` wants to see of a router. */
export function reconciledTypes({ httpListener }: EngineCapabilities): EntityType[] {
  return ['log' as const, ...COMPARED.keys()].filter((type) => httpListener || !type.startsWith('http'))
}

/**
 * How to bring a router from what it reports to `desired`. Only what our configuration makes is touched, told by its
 * name or role; never the local listeners, for whoever asks comes through them. A profile is made before and removed
 * after what uses it, and stays while an entity that is not ours uses it; a listener's addresses likewise.
 */
export function diffEntities(
  current: readonly CurrentEntity[],
  desired: readonly EntityConfig[],
  capabilities: EngineCapabilities = BUILT_IN,
): EntityPlan {
  const wished = desired.map(([type, attributes]) => ({ type, attributes }))
  const have = ours(current)
  const want = ours(wished)
  const remove = [...have].filter(([key]) => !want.has(key)).map(([, entity]) => entity)
  const update: EntityChange[] = []
  const create: EntityChange[] = []
  const going = new Set(remove.map(nameOf))
  for (const [key, entity] of [...want].sort(([, a], [, b]) => byDependence(a, b))) {
    const before = have.get(key)
    if (before === undefined) {
      create.push(changeOf(entity, plain(entity.attributes)))
      continue
    }
    const changed = changedAttributes(before, entity)
    if (canUpdate(entity.type, changed, capabilities) && !hangsOn(before, going)) {
      update.push(changeOf(entity, changed))
    } else {
      remove.push(before)
      going.add(nameOf(before))
      create.push(changeOf(entity, plain(entity.attributes)))
    }
  }
  return {
    delete: removable(remove, current).map((entity) => changeOf(entity, {})),
    update: [...logChanges(current, wished), ...update.filter(({ attributes }) => Object.keys(attributes).length > 0)],
    create: create.sort(byDependence),
  }
}

/** Whether a plan has nothing to do. */
export function isEmpty(plan: EntityPlan): boolean {
  return plan.delete.length + plan.update.length + plan.create.length === 0
}

/** The entities that are ours to change, by type and name. */
function ours(entities: readonly CurrentEntity[]): Map<string, CurrentEntity> {
  return new Map(entities.filter(isOurs).map((entity) => [`${entity.type} ${nameOf(entity)}`, entity]))
}

function isOurs(entity: CurrentEntity): boolean {
  return OURS[entity.type]?.(nameOf(entity), entity.attributes) ?? false
}

/**
 * The attributes whose wanted value differs from the reported one. What a router does not report counts as equal.
 * Certificates written out are told by what the router says of those it uses, for they cannot be read back; they go
 * with every change of their profile, so that a new ordinal never stands for old certificates.
 */
function changedAttributes(before: CurrentEntity, wanted: CurrentEntity): Record<string, AttributeValue> {
  const full: Record<string, AttributeValue | undefined> = parseAttributes(wanted.type, wanted.attributes)
  const changed: Record<string, AttributeValue> = {}
  for (const name of COMPARED.get(wanted.type) ?? []) {
    const isReported = Object.hasOwn(before.attributes, name)
    if (isReported && wordOf(before.attributes[name]) !== wordOf(full[name])) changed[name] = full[name] ?? ''
  }
  return wanted.type === 'sslProfile' ? { ...changed, ...changedTls(before, wanted, changed) } : changed
}

/** What to send of a profile's certificates beside what has changed. */
function changedTls(
  { attributes: reported }: CurrentEntity,
  { attributes: wanted }: CurrentEntity,
  changed: Readonly<Record<string, AttributeValue>>,
): Record<string, AttributeValue> {
  const inline = inlineTls(wanted)
  const isInline = Object.keys(inline).length > 0
  const isOther = isInline && isOtherThan(reported, tlsFingerprints({ ca: inline.caCert, cert: inline.cert }))
  if (isInline && (isOther || Object.keys(changed).length > 0)) return inline
  // It could not use its files when it started: any UPDATE has it look again.
  const isUnusable = FINGERPRINT_ATTRIBUTES.every((name) => reported[name] === '')
  return isUnusable && wanted['caCertFile'] !== undefined ? { ordinal: Number(wanted['ordinal'] ?? 0) } : {}
}

function inlineTls(attributes: CurrentEntity['attributes']): Partial<Record<(typeof INLINE_TLS)[number], string>> {
  const given = INLINE_TLS.flatMap((name) => {
    const text = attributes[name]
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : []
  })
  return Object.fromEntries(given)
}

function isOtherThan(reported: CurrentEntity['attributes'], wanted: TlsFingerprints): boolean {
  return FINGERPRINT_ATTRIBUTES.some((name) => Object.hasOwn(reported, name) && reported[name] !== wanted[name])
}

function canUpdate(
  type: EntityType,
  changed: Readonly<Record<string, unknown>>,
  { updatesAddresses }: EngineCapabilities,
): boolean {
  const updatable = type === 'listenerAddress' && !updatesAddresses ? [] : UPDATABLE[type]
  return Object.keys(changed).every((name) => updatable?.includes(name))
}

/** A listener goes only once its addresses are gone. */
function hangsOn({ type, attributes }: CurrentEntity, going: ReadonlySet<string>): boolean {
  return type === 'listenerAddress' && going.has(String(attributes['listener']))
}

/** In the order in which they can go: what uses profiles first, and no profile that something else goes on using. */
function removable(remove: readonly CurrentEntity[], current: readonly CurrentEntity[]): CurrentEntity[] {
  const going = new Set(remove)
  const staying = current.filter((entity) => !going.has(entity))
  const used = new Set(staying.map(({ attributes }) => attributes['sslProfile']))
  return remove
    .filter((entity) => entity.type !== 'sslProfile' || !used.has(nameOf(entity)))
    .sort((a, b) => byDependence(b, a))
}

function byDependence(a: { type: EntityType }, b: { type: EntityType }): number {
  const order = [...COMPARED.keys()]
  return order.indexOf(a.type) - order.indexOf(b.type)
}

function changeOf(entity: CurrentEntity, attributes: Readonly<Record<string, AttributeValue>>): EntityChange {
  return { type: entity.type, name: nameOf(entity), attributes }
}

function nameOf({ attributes }: CurrentEntity): string {
  const { name } = attributes
  return typeof name === 'string' ? name : ''
}

/** The attributes that are there. */
function plain(attributes: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  const there = Object.entries(attributes).filter((pair): pair is [string, AttributeValue] =>
    ['string', 'number', 'boolean'].includes(typeof pair[1]),
  )
  return Object.fromEntries(there)
}

/** One form for what routers report in several: absent, null and false are alike, and so are 5 and "5". */
function wordOf(value: unknown): string {
  return value === undefined || value === null || value === false ? '' : jsonOf(value).replaceAll('"', '')
}
