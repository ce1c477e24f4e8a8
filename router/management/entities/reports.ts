import type { ConnectionView } from '../../mesh/connection/router-connection.ts'

/** Brings a telemetry record up to date, given all connections of the router. */
export type Report = (connections: readonly ConnectionView[]) => void

/** What has to be brought up to date in telemetry records before they are sent. */
export class Reports {
  readonly #reports = new Set<Report>()

  /** Answers how to end it. */
  add(report: Report): () => void {
    this.#reports.add(report)
    return () => {
      this.#reports.delete(report)
    }
  }

  run(connections: readonly ConnectionView[]): void {
    for (const report of this.#reports) report(connections)
  }
}
