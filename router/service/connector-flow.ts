import type { Socket } from 'node:net'
import type { SkupperError } from '../../core/model/error.ts'
import type { CoRecord } from './service-context.ts'
import { failureText, type StreamMeter } from './stream-meter.ts'

/** What the connector's side tells the listener's router of a connection (protocol sheet, section 6). */
export class ConnectorFlow implements StreamMeter {
  readonly #record: CoRecord
  #since: number
  #answered = false

  /** `connector` is the identity of the CONNECTOR record, `trace` the routers that the client's stream has passed. */
  constructor(record: CoRecord, { connector, trace }: { connector: string; trace: readonly string[] }) {
    this.#record = record
    this.#since = record.now()
    const passed = record.isLocal || trace.length === 0 ? 'Local' : trace.join('|')
    record.set({ connector, trace: passed })
  }

  /** The target has accepted: it sees this end of the socket as its client. */
  onConnected({ localAddress, localPort }: Socket): void {
    this.#since = this.#record.now()
    if (localAddress === undefined) return
    this.#record.set({ proxyHost: localAddress, proxyPort: String(localPort) })
  }

  onStart(): void {
    // The listener's side counts the bytes.
  }

  onWritten(): void {
    if (!this.#answered) this.#since = this.#record.now()
  }

  onTaken(): void {
    if (this.#answered) return
    this.#answered = true
    this.#record.set({ processLatency: this.#record.now() - this.#since })
  }

  onOver(failure: SkupperError | undefined): void {
    if (failure !== undefined) this.#record.set({ errorConnectorSide: failureText(failure) })
  }
}
