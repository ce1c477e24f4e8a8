import { SkupperError } from '../../core/model/error.ts'
import type { DecodedMessage, Message } from '../amqp/message.ts'
import { uint, ulong } from '../amqp/value.ts'
import type { RecordType } from './attributes.ts'
import { decodeRecords, encodeRecords } from './record-codec.ts'
import type { RecordUpdate } from './record-codec.ts'

/** Where every source says that it exists. */
export const beaconAddress = 'mc/sfe.all'

const VERSION = 1

export type SourceType = 'ROUTER' | 'CONTROLLER'

/** What a source says of itself every ten seconds: where its records come and where a FLUSH for it goes. */
export interface Beacon {
  readonly sourceType: SourceType
  readonly id: string
  readonly address: string
  readonly direct: string
}

export type SentMessage = Message & { readonly to: string }

/** A message of telemetry, read. */
export type TelemetryMessage =
  | { readonly kind: 'beacon'; readonly beacon: Beacon }
  | { readonly kind: 'heartbeat'; readonly id: string; readonly nowUs: number }
  | { readonly kind: 'records'; readonly records: RecordUpdate[] }
  | { readonly kind: 'flush' }

/** The beacon of the source `id` (`<5 characters>:0`), whose addresses follow from its id. */
export function beaconOf(sourceType: SourceType, id: string): Beacon {
  return { sourceType, id, address: `mc/sfe.${id}`, direct: `sfe.${id}` }
}

/** The address under which `source` sends records of `type`: flows and logs have their own, for those who want them. */
export function recordAddress(source: Beacon, type: RecordType): string {
  if (type === 'LOG') return `${source.address}.logs`
  return isFlow(type) ? `${source.address}.flows` : source.address
}

function isFlow(type: RecordType): boolean {
  return type === 'FLOW' || type === 'BIFLOW_TPORT' || type === 'BIFLOW_APP'
}

export function beaconMessage(beacon: Beacon): SentMessage {
  return {
    to: beaconAddress,
    subject: 'BEACON',
    applicationProperties: { v: uint(VERSION), ...beacon },
    body: null,
  }
}

export function heartbeatMessage(source: Beacon, nowUs: number): SentMessage {
  return {
    to: source.address,
    subject: 'HEARTBEAT',
    applicationProperties: { v: uint(VERSION), now: ulong(nowUs), id: source.id },
    body: null,
  }
}

export function recordsMessage(to: string, records: readonly RecordUpdate[]): SentMessage {
  return { to, subject: 'RECORD', body: encodeRecords(records) }
}

/** Asks a source to send all its base records again. `direct` is the one its beacon names. */
export function flushMessage(direct: string): SentMessage {
  return { to: direct, subject: 'FLUSH', body: null }
}

/**
 * Reads a telemetry message (protocol sheet, section 6). Undefined is a subject this version does not know; a known one
 * that is not as the sheet says throws `telemetry/malformed-message` or `telemetry/malformed-record`.
 */
export function parseTelemetry(message: DecodedMessage): TelemetryMessage | undefined {
  const { subject, applicationProperties: properties, body } = message
  switch (subject ?? '') {
    case 'BEACON':
      return { kind: 'beacon', beacon: parseBeacon(properties) }
    case 'HEARTBEAT':
      return { kind: 'heartbeat', id: text(properties, 'id'), nowUs: number(properties, 'now') }
    case 'RECORD':
      return { kind: 'records', records: decodeRecords(body) }
    case 'FLUSH':
      return { kind: 'flush' }
    default:
      return undefined
  }
}

type Properties = ReadonlyMap<unknown, unknown>

function parseBeacon(properties: Properties): Beacon {
  const sourceType = text(properties, 'sourceType')
  if (sourceType !== 'ROUTER' && sourceType !== 'CONTROLLER') throw malformed('sourceType', sourceType)
  return {
    sourceType,
    id: text(properties, 'id'),
    address: text(properties, 'address'),
    direct: text(properties, 'direct'),
  }
}

function text(properties: Properties, name: string): string {
  const value = properties.get(name)
  if (typeof value !== 'string' || value === '') throw malformed(name, value)
  return value
}

function number(properties: Properties, name: string): number {
  const value = properties.get(name)
  if (typeof value !== 'number') throw malformed(name, value)
  return value
}

function malformed(name: string, given: unknown): SkupperError {
  return new SkupperError('telemetry/malformed-message', `telemetry message refused: its ${name} is ${String(given)}`, {
    given,
  })
}
