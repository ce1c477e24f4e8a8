/** What has to be brought up to date in telemetry records before they are sent. */
export class Reports {
  readonly #reports = new Set<() => void>()

  /** Answers how to end it. */
  add(report: () => void): () => void {
    this.#reports.add(report)
    return () => {
      this.#reports.delete(report)
    }
  }

  run(): void {
    for (const report of this.#reports) report()
  }
}
