import type { AnswerAttributes, RequestAttributes } from '../observe/observed-request.ts'
import type { SocketBudget } from './socket-budget.ts'
import type { StreamRouter } from './stream-router.ts'

/** What a listener or connector works with; made once, in main.ts. */
export interface ServiceContext {
  readonly router: StreamRouter
  /** What clients and targets of all services take their sockets from. */
  readonly sockets: SocketBudget
  readonly records: RecordSource
  readonly flows: FlowSink
  readonly log: ServiceLog
  /** Uniform in [0, 1). */
  random(): number
}

/** Where telemetry records are opened; the router's telemetry source satisfies it. */
export interface RecordSource {
  /** `counts` is asked now and then. */
  open(type: 'LISTENER' | 'CONNECTOR', attributes: ServiceAttributes, counts: () => ServiceCounts): ServiceRecord
  /** A new identity, `<source>:<n>`. */
  nextId(): string
}

export interface ServiceRecord {
  readonly id: string
  end(): void
}

export interface ServiceCounts {
  /** Connections so far. */
  readonly flowCountL4: number
}

/** Where telemetry of connections goes. It wants none as long as nobody listens to it. */
export interface FlowSink {
  readonly heard: boolean
  /** Microseconds since 1970. */
  now(): number
  /** Opens the record of a connection; `refresh` is asked now and then. Undefined if nobody wants it. */
  open(
    id: string,
    attributes: FlowAttributes,
    refresh: () => FlowAttributes,
  ): { end(last: FlowAttributes): void } | undefined
  /** Opens the record of a request on the connection that has the record `parent`. Undefined if nobody wants it. */
  openRequest(
    attributes: RequestAttributes & { readonly parent: string },
  ): { end(last: AnswerAttributes): void } | undefined
  /** What a connector tells of the connection that has the record `id`. Undefined if nobody wants it. */
  coRecord(id: unknown): CoRecord | undefined
}

export interface CoRecord {
  /** Whether client and target are at the same router. */
  readonly isLocal: boolean
  /** Microseconds since 1970. */
  now(): number
  set(attributes: CoAttributes): void
}

/** What a listener knows of a connection (protocol sheet, section 6). Times are in microseconds. */
export interface FlowAttributes {
  readonly parent?: string
  readonly startTime?: number
  readonly sourceHost?: string
  readonly sourcePort?: string
  readonly octets?: number
  readonly octetsReverse?: number
  readonly latency?: number
  readonly errorListenerSide?: string
}

/** What a connector knows of a connection. */
export interface CoAttributes {
  readonly connector?: string
  readonly trace?: string
  readonly processLatency?: number
  readonly proxyHost?: string
  readonly proxyPort?: string
  readonly errorConnectorSide?: string
}

/** What the network is told of a listener or connector (protocol sheet, section 6). */
export interface ServiceAttributes {
  readonly name: string
  readonly protocol: string
  readonly destHost: string
  readonly destPort: string
  readonly vanAddress: string
}

export interface ServiceLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}
