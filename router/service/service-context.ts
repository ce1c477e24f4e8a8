import type { StreamRouter } from './stream-router.ts'

/** What a listener or connector works with; made once, in main.ts. */
export interface ServiceContext {
  readonly router: StreamRouter
  readonly records: RecordSource
  readonly log: ServiceLog
  /** Uniform in [0, 1). */
  random(): number
}

/** Where telemetry records are opened; the router's telemetry source satisfies it. */
export interface RecordSource {
  open(type: 'LISTENER' | 'CONNECTOR', attributes: ServiceAttributes): { end(): void }
  /** A new identity, `<source>:<n>`. */
  nextId(): string
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
