/** What one run of a load showed. */
export interface LoadResult {
  /** Requests, or gigabytes. */
  readonly amount: number
  /** Requests for each second, or Gbit/s. */
  readonly rate: number
  /** Microseconds; undefined where a load has no requests. */
  readonly p50Us: number | undefined
  readonly p99Us: number | undefined
  /** Failed connections and requests, and answers that are not 2xx or 3xx. */
  readonly errors: number
}

/** The backends that a peer leads to, each at a port of its own. */
export type ServiceName = 'http' | 'h2c' | 'bulk'
export type Ports = Readonly<Record<ServiceName, number>>

/** Something that a client does for some seconds. */
export interface Load {
  readonly name: string
  readonly service: ServiceName
  readonly unit: 'requests' | 'gigabytes'
  /** The command it needs. */
  readonly tool: string
  run(port: number, seconds: number): Promise<LoadResult>
}

/** How long a tool may take beyond the time it was given, in ms. */
export const GRACE_MS = 20_000
