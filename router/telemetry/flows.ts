import type { DecodedMessage } from '../amqp/message.ts'
import type { Attributes } from './attributes.ts'
import { parseTelemetry, recordsMessage } from './messages.ts'
import type { TelemetryPort } from './port.ts'
import type { TelemetryRecord } from './record.ts'
import type { RecordUpdate } from './record-codec.ts'
import type { TelemetrySource } from './source.ts'

/** Flows of one router that are open or wait to be sent; connections beyond go unrecorded. */
export const MAX_FLOWS = 16_384
/**
 * How long the record of a flow that has ended waits for what the connector's side tells. Routers send that within a
 * second.
 */
export const HOLD_MS = 2_000
/** What connectors tell is gathered for so long: other routers forget a flow soon after its end. */
export const TELL_AFTER_MS = 50
/** Keeps a message of records at some ten kilobytes. */
const RECORDS_PER_MESSAGE = 100
/** What one text of another router may add to a record, in characters. */
const MAX_TEXT = 1024
const IDENTITY = /^([\w-]{1,64}):\d{1,20}$/

/** What the connector's side may say; everything else of a flow is the listener's to know. */
const FROM_CONNECTOR = [
  'trace',
  'connector',
  'processLatency',
  'proxyHost',
  'proxyPort',
  'errorConnectorSide',
  'process',
] as const

export interface FlowPort extends Pick<TelemetryPort, 'send' | 'subscribe' | 'watch'> {
  /** Whether somebody in the network listens to `address` now. */
  reachable(address: string): boolean
}

interface Ended {
  readonly id: string
  readonly record: TelemetryRecord
  readonly attributes: Attributes
  readonly dueMs: number
}

/**
 * The connections of a router's services as telemetry shows them: records of its own listeners' connections, to which
 * the connectors' routers add what only they know, and what its own connectors tell others (protocol sheet, section
 * 6). Nothing is made or kept of a flow to which nobody listens.
 */
export class FlowRecords {
  readonly #source: TelemetrySource
  readonly #port: FlowPort
  readonly #nowMs: () => number
  readonly #own: string
  readonly #flows = new Map<string, TelemetryRecord>()
  readonly #told = new Map<string, Attributes>()
  readonly #stop: () => void
  #telling: NodeJS.Timeout | undefined
  readonly #requests = new Set<TelemetryRecord>()
  #ended: Ended[] = []
  #unsubscribe: (() => void) | undefined

  /** `now` gives milliseconds since 1970, with fractions. */
  constructor({ source, port, now }: { source: TelemetrySource; port: FlowPort; now: () => number }) {
    this.#source = source
    this.#port = port
    this.#nowMs = now
    this.#own = sourceOf(source.id) ?? ''
    this.#stop = port.watch(flowsAddress(source.id), (heard) => {
      if (heard) this.#begin()
      else this.#cease()
    })
  }

  /** Whether somebody listens to this router's flows. */
  get heard(): boolean {
    return this.#unsubscribe !== undefined
  }

  /** Microseconds since 1970. */
  now(): number {
    return Math.round(this.#nowMs() * 1000)
  }

  /** Opens the record of a connection under the identity `id`, if somebody listens and there are not too many. */
  open(id: string, attributes: Attributes, refresh: () => Attributes): { end(last: Attributes): void } | undefined {
    if (!this.heard || this.#flows.size >= MAX_FLOWS) return undefined
    const record = this.#source.openAs('BIFLOW_TPORT', id, attributes)
    record.follow(refresh)
    this.#flows.set(id, record)
    return {
      end: (last) => {
        const ended = { id, record, dueMs: this.#nowMs() + HOLD_MS, attributes: { ...last, endTime: this.now() } }
        if (this.#flows.get(id) === record) this.#ended.push(ended)
      },
    }
  }

  /** Opens the record of a request (BIFLOW_APP), if somebody listens and there are not too many. */
  openRequest(attributes: Attributes): { end(last: Attributes): void } | undefined {
    if (!this.heard || this.#requests.size >= MAX_FLOWS) return undefined
    const record = this.#source.openAs('BIFLOW_APP', this.#source.nextId(), attributes)
    this.#requests.add(record)
    return {
      end: (last) => {
        if (this.#requests.delete(record)) record.end(last)
      },
    }
  }

  /** What a connector has to tell of the flow `id` of some router, if somebody listens to that router's flows. */
  coRecord(id: unknown): { isLocal: boolean; now: () => number; set: (attributes: Attributes) => void } | undefined {
    const source = sourceOf(id)
    if (typeof id !== 'string' || source === undefined) return undefined
    if (!this.#port.reachable(flowsAddress(`${source}:0`))) return undefined
    return {
      isLocal: source === this.#own,
      now: () => this.now(),
      set: (attributes) => {
        this.#note(id, attributes)
      },
    }
  }

  /** Sends what is due; to be called before the source's own tick. */
  tick(): void {
    const now = this.#nowMs()
    const waiting = this.#ended.findIndex(({ dueMs }) => dueMs > now)
    this.#finish(this.#ended.splice(0, waiting < 0 ? this.#ended.length : waiting))
  }

  /** Ends all records and stops listening; the source's close sends the ends. */
  close(): void {
    this.#tell()
    this.#finish(this.#ended.splice(0))
    this.#stop()
    this.#cease()
  }

  #finish(ended: readonly Ended[]): void {
    for (const { id, record, attributes } of ended) {
      record.end(attributes)
      this.#flows.delete(id)
    }
  }

  #begin(): void {
    this.#unsubscribe ??= this.#port.subscribe(`vfcr.${this.#source.id}`, (message) => {
      this.#merge(message)
    })
  }

  #cease(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    for (const record of this.#flows.values()) record.end()
    for (const record of this.#requests) record.end()
    this.#requests.clear()
    this.#flows.clear()
    this.#ended = []
  }

  #merge(message: DecodedMessage): void {
    for (const { type, identity, attributes } of recordsIn(message)) {
      if (type === 'BIFLOW_TPORT') this.#flows.get(identity)?.set(fromConnector(attributes))
    }
  }

  #note(id: string, attributes: Attributes): void {
    if (this.#told.size >= MAX_FLOWS && !this.#told.has(id)) return
    this.#told.set(id, { ...this.#told.get(id), ...attributes })
    this.#telling ??= setTimeout(() => {
      this.#tell()
    }, TELL_AFTER_MS)
  }

  #tell(): void {
    clearTimeout(this.#telling)
    this.#telling = undefined
    const updates = new Map<string, RecordUpdate[]>()
    for (const [identity, attributes] of this.#told) {
      const source = sourceOf(identity) ?? ''
      const update = { type: 'BIFLOW_TPORT', identity, attributes } as const
      const batch = updates.get(source)
      if (batch === undefined) updates.set(source, [update])
      else batch.push(update)
    }
    this.#told.clear()
    for (const [source, all] of updates) {
      for (let at = 0; at < all.length; at += RECORDS_PER_MESSAGE) {
        this.#port.send(recordsMessage(`vfcr.${source}:0`, all.slice(at, at + RECORDS_PER_MESSAGE)))
      }
    }
  }
}

function flowsAddress(sourceId: string): string {
  return `mc/sfe.${sourceId}.flows`
}

/** The source in an identity `<source>:<n>`; undefined for anything else. */
function sourceOf(id: unknown): string | undefined {
  return typeof id === 'string' ? IDENTITY.exec(id)?.[1] : undefined
}

/** What other routers send is not worth more than a look. */
function recordsIn(message: DecodedMessage): readonly RecordUpdate[] {
  try {
    const heard = parseTelemetry(message)
    return heard?.kind === 'records' ? heard.records : []
  } catch {
    return []
  }
}

function fromConnector(attributes: Attributes): Attributes {
  const taken = FROM_CONNECTOR.flatMap((name) => {
    const value = attributes[name]
    if (value === undefined) return []
    return [[name, typeof value === 'string' ? value.slice(0, MAX_TEXT) : value]] as const
  })
  return Object.fromEntries(taken)
}
