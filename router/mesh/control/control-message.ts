import { SkupperError } from '../../../core/model/error.ts'
import { decodeMessage, encodeMessage } from '../../amqp/message.ts'
import { long, symbol } from '../../amqp/value.ts'
import { topologyAddress } from '../address.ts'
import { integer, listOf, mapOf, routerIdIn } from './control-field.ts'
import type { Fields } from './control-field.ts'
import { encodeAnnotations, originAnnotations } from '../router-annotations.ts'

/** An address key that a router advertises, with how its messages are spread and its local producers. */
export interface MobileAddress {
  readonly key: string
  readonly treatment: number
  readonly inLinks: number
}

/** "I am here, and heard these neighbours." */
export interface Hello {
  readonly opcode: 'HELLO'
  readonly id: string
  readonly instance: number
  readonly seen: readonly string[]
}
/** Router advertisement: the numbers of the latest link state and address set of a router. */
export interface RouterAdvertisement {
  readonly opcode: 'RA'
  readonly id: string
  readonly instance: number
  readonly linkSeq: number
  readonly mobileSeq: number
}
/** Asks for a router's link state. */
export interface LinkStateRequest {
  readonly opcode: 'LSR'
  readonly id: string
}
/** A router's neighbours, with the cost of the link to each. */
export interface LinkStateUpdate {
  readonly opcode: 'LSU'
  readonly id: string
  readonly instance: number
  readonly linkSeq: number
  readonly peers: ReadonlyMap<string, number>
}
/** Asks for a router's addresses, if it has newer ones than `haveSeq`. */
export interface AddressRequest {
  readonly opcode: 'MAR'
  readonly id: string
  readonly haveSeq: number
}
/** All addresses of a router (`exist`), or what changed since the number before (`add` and `del`). */
export interface AddressUpdate {
  readonly opcode: 'MAU'
  readonly id: string
  readonly mobileSeq: number
  readonly exist?: readonly MobileAddress[]
  readonly add?: readonly MobileAddress[]
  readonly del?: readonly string[]
}

export type ControlMessage =
  Hello | RouterAdvertisement | LinkStateRequest | LinkStateUpdate | AddressRequest | AddressUpdate

/** A control message longer than this is refused; about 60,000 addresses. */
export const MAX_CONTROL_BYTES = 4 * 1024 * 1024
const HELLO_ADDRESS = 'amqp:/_local/qdhello'

const AREA = '0'
const LINK_PROTOCOL = 1
const MOBILE_PROTOCOL = 2
const MAX_COST = 2 ** 31 - 1
const MAX_PEERS = 1_024
const MAX_ADDRESSES = 20_000
const MAX_KEY = 1_024

/**
 * The whole message, annotations included, as this router (`message.id`) sends it (protocol sheet, section 2, "Control
 * message shape"). `target` is a router id, or 'all'; HELLO goes to the neighbour and has none.
 */
export function encodeControl(message: ControlMessage, target = 'all'): Buffer {
  const mobile = message.opcode === 'MAR' || message.opcode === 'MAU'
  const sections = encodeMessage({
    header: { durable: false },
    to: message.opcode === 'HELLO' ? HELLO_ADDRESS : topologyAddress(target, mobile ? 'qdrouter.ma' : 'qdrouter'),
    applicationProperties: new Map([[mobile ? symbol('opcode') : 'opcode', message.opcode]]),
    body: mobile ? mobileBody(message) : linkBody(message),
  })
  return Buffer.concat([encodeAnnotations(originAnnotations(message.id)), sections])
}

/**
 * Reads a control message. Undefined: an opcode or a protocol version that this router does not know, to be ignored.
 * Throws `mesh/invalid-control` for a field that is missing, of a wrong type or out of bounds, `amqp/decode-error` for
 * bytes that are no message.
 */
export function decodeControl(bytes: Buffer): ControlMessage | undefined {
  if (bytes.length > MAX_CONTROL_BYTES) throw tooLarge('bytes', bytes.length)
  const message = decodeMessage(bytes)
  const opcode = message.applicationProperties.get('opcode')
  const decoder = typeof opcode === 'string' ? DECODERS.get(opcode) : undefined
  if (decoder === undefined) return undefined
  const fields = mapOf(message.body, 'body')
  return integer(fields, 'pv') > decoder.version ? undefined : decoder.decode(fields)
}

function linkBody(message: Exclude<ControlMessage, AddressRequest | AddressUpdate>): Map<unknown, unknown> {
  const { id } = message
  const body = new Map<unknown, unknown>(Object.entries({ id, pv: LINK_PROTOCOL, area: AREA }))
  if (message.opcode === 'LSR') return body
  body.set('instance', message.instance)
  if (message.opcode === 'HELLO') return body.set('seen', message.seen)
  body.set('ls_seq', message.linkSeq)
  if (message.opcode === 'RA') return body.set('mobile_seq', message.mobileSeq)
  return body.set('ls', { id, area: AREA, ls_seq: message.linkSeq, peers: message.peers })
}

function mobileBody(message: AddressRequest | AddressUpdate): Map<unknown, unknown> {
  const body = new Map<unknown, unknown>([
    [symbol('id'), message.id],
    [symbol('pv'), long(MOBILE_PROTOCOL)],
    [symbol('area'), AREA],
  ])
  if (message.opcode === 'MAR') return body.set(symbol('have_seq'), long(message.haveSeq))
  body.set(symbol('mobile_seq'), long(message.mobileSeq))
  if (message.exist !== undefined) return body.set(symbol('exist'), message.exist.map(descriptorOf))
  // Both must be there, even if empty: a differential update without one of them is refused by real routers.
  body.set(symbol('add'), (message.add ?? []).map(descriptorOf))
  return body.set(
    symbol('del'),
    (message.del ?? []).map((key) => [key]),
  )
}

function descriptorOf({ key, treatment, inLinks }: MobileAddress): unknown[] {
  return [key, treatment, inLinks]
}

interface Decoder {
  readonly version: number
  readonly decode: (fields: Fields) => ControlMessage
}

const DECODERS = new Map<string, Decoder>([
  ['HELLO', { version: LINK_PROTOCOL, decode: decodeHello }],
  ['RA', { version: LINK_PROTOCOL, decode: decodeAdvertisement }],
  ['LSR', { version: LINK_PROTOCOL, decode: (fields) => ({ opcode: 'LSR', id: routerIdIn(fields) }) }],
  ['LSU', { version: LINK_PROTOCOL, decode: decodeLinkState }],
  ['MAR', { version: MOBILE_PROTOCOL, decode: decodeAddressRequest }],
  ['MAU', { version: MOBILE_PROTOCOL, decode: decodeAddressUpdate }],
])

function decodeHello(fields: Fields): Hello {
  const seen = listOf(fields, 'seen', MAX_PEERS).filter((id) => typeof id === 'string')
  return { opcode: 'HELLO', id: routerIdIn(fields), instance: integer(fields, 'instance'), seen }
}

function decodeAdvertisement(fields: Fields): RouterAdvertisement {
  return {
    opcode: 'RA',
    id: routerIdIn(fields),
    instance: integer(fields, 'instance'),
    linkSeq: integer(fields, 'ls_seq'),
    mobileSeq: integer(fields, 'mobile_seq'),
  }
}

function decodeLinkState(fields: Fields): LinkStateUpdate {
  const id = routerIdIn(fields)
  const state = mapOf(fields.get('ls'), 'ls')
  if (routerIdIn(state) !== id) {
    throw new SkupperError('mesh/invalid-control', `"${id}" sent the link state of another router`, { given: id })
  }
  return {
    opcode: 'LSU',
    id,
    instance: integer(fields, 'instance'),
    linkSeq: integer(state, 'ls_seq'),
    peers: peersIn(mapOf(state.get('peers'), 'peers')),
  }
}

function peersIn(entries: Fields): Map<string, number> {
  if (entries.size > MAX_PEERS) throw tooLarge('peers', entries.size)
  const peers = new Map<string, number>()
  for (const [id, cost] of entries) {
    if (typeof id === 'string' && typeof cost === 'number' && cost >= 1 && cost <= MAX_COST) peers.set(id, cost)
  }
  return peers
}

function decodeAddressRequest(fields: Fields): AddressRequest {
  return { opcode: 'MAR', id: routerIdIn(fields), haveSeq: integer(fields, 'have_seq') }
}

function decodeAddressUpdate(fields: Fields): AddressUpdate {
  const head = { opcode: 'MAU', id: routerIdIn(fields), mobileSeq: integer(fields, 'mobile_seq') } as const
  if (fields.has('exist')) return { ...head, exist: addressesIn(fields, 'exist') }
  return { ...head, add: addressesIn(fields, 'add'), del: addressesIn(fields, 'del').map(({ key }) => key) }
}

function addressesIn(fields: Fields, name: string): MobileAddress[] {
  return listOf(fields, name, MAX_ADDRESSES)
    .map(addressIn)
    .filter((address) => address !== undefined)
}

/** Trailing items may be left out; an item that is no descriptor, or of a class that is not synchronised, is skipped. */
function addressIn(descriptor: unknown): MobileAddress | undefined {
  if (!Array.isArray(descriptor)) return undefined
  const [key, treatment, inLinks] = descriptor as unknown[]
  if (typeof key !== 'string' || key.length > MAX_KEY || !isSynchronised(key)) return undefined
  return { key, treatment: numberOr(treatment, DEFAULT_TREATMENT), inLinks: numberOr(inLinks, 0) }
}

const DEFAULT_TREATMENT = 3

/** Whether the key's class is one that routers tell each other: M, N or H. */
export function isSynchronised(key: string): boolean {
  return key.startsWith('M') || key.startsWith('N') || key.startsWith('H')
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

function tooLarge(what: string, given: number): SkupperError {
  return new SkupperError('mesh/invalid-control', `a control message with ${String(given)} ${what}`, { given })
}
