/** One measurement, as it stands in the JSON. What a load does not have is left out. */
export interface Measurement {
  readonly peer: string
  readonly load: string
  readonly round: number
  /** Requests for each second, Gbit/s, or idle connections that are open. */
  readonly rate: number
  readonly p50_us?: number | undefined
  readonly p99_us?: number | undefined
  /** CPU seconds of all processes between client and backend, for 100,000 requests or for 10⁹ bytes. */
  readonly cpu_s_per_100k?: number | undefined
  readonly cpu_s_per_gb?: number | undefined
  /** Resident memory of those processes, for one of the two sites, in 10⁶ bytes. */
  readonly rss_mb: number
  readonly errors: number
  /** Of the machine over the last minute. */
  readonly load_average: number
}
