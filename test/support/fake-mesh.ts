import { SkupperError } from '../../core/model/error.ts'
import { decodeMessage, encodeMessage } from '../../router/amqp/message.ts'
import type { LinkState } from '../../router/management/entities/link-report.ts'
import { Reports } from '../../router/management/entities/reports.ts'
import type { ConnectorOptions } from '../../router/mesh/connection/connector.ts'
import type { ListenerOptions } from '../../router/mesh/connection/listener.ts'
import type { ConnectionView } from '../../router/mesh/connection/router-connection.ts'
import type { Attributes, RecordType } from '../../router/telemetry/attributes.ts'
import type { SentMessage } from '../../router/telemetry/messages.ts'
import { decodeRecords } from '../../router/telemetry/record-codec.ts'
import { TelemetrySource } from '../../router/telemetry/source.ts'
import { SslProfiles } from '../../router/tls/ssl-profiles.ts'
import type { MutualTls } from '../../router/tls/tls-files.ts'
import { RecordedLog } from './recorded-log.ts'

/** A mesh that opens nothing: notes what it is asked, and has the connections that the test says. */
export class FakeMesh {
  readonly listeners = new Map<string, ListenerOptions>()
  readonly connectors = new Map<string, ConnectorOptions>()
  readonly certificates: string[] = []
  readonly closed: number[] = []
  views: ConnectionView[] = []
  link: LinkState = { status: 'CONNECTING', message: 'not connected yet', peer: undefined }
  takenPort: number | undefined

  addListener(options: ListenerOptions): Promise<{ port: number; setTls: (tls: MutualTls) => void }> {
    if (options.port === this.takenPort) return Promise.reject(new SkupperError('mesh/port-in-use', 'port in use'))
    this.listeners.set(options.name, options)
    return Promise.resolve({ port: 4242, setTls: this.#setTls })
  }

  removeListener(name: string): boolean {
    return this.listeners.delete(name)
  }

  addConnector(options: ConnectorOptions): LinkState & { setTls: (tls: MutualTls) => void } {
    this.connectors.set(options.name, options)
    const link = () => this.link
    return {
      get status() {
        return link().status
      },
      get message() {
        return link().message
      },
      get peer() {
        return link().peer
      },
      setTls: this.#setTls,
    }
  }

  removeConnector(name: string): boolean {
    return this.connectors.delete(name)
  }

  connections(): readonly ConnectionView[] {
    return this.views
  }

  closeConnection(id: number): boolean {
    this.closed.push(id)
    return true
  }

  readonly #setTls = ({ cert }: MutualTls): void => {
    this.certificates.push(cert)
  }
}

/** What listeners and connectors are made with, around a fake mesh, and what telemetry said of them. */
export function fakeMeshParts() {
  const sent: SentMessage[] = []
  const port = {
    send: (message: SentMessage) => void sent.push(message),
    subscribe: () => () => undefined,
    watch: (_address: string, onChange: (reachable: boolean) => void) => {
      onChange(true)
      return () => undefined
    },
  }
  const now = () => 1_000
  const parts = {
    mesh: new FakeMesh(),
    mode: 'interior' as const,
    profiles: new SslProfiles(now),
    telemetry: new TelemetrySource({ sourceType: 'ROUTER', port, now, random: () => 0 }),
    reports: new Reports(),
    log: new RecordedLog(),
    now,
  }
  /** The attributes that were sent of records of a type since the last call. */
  const recorded = (type: RecordType): Attributes[] => {
    parts.reports.run(parts.mesh.views)
    parts.telemetry.tick()
    return sent
      .splice(0)
      .filter(({ subject }) => subject === 'RECORD')
      .flatMap((message) => decodeRecords(decodeMessage(encodeMessage(message)).body))
      .filter((record) => record.type === type)
      .map(({ attributes }) => attributes)
  }
  return { ...parts, recorded }
}

/** A connection of a fake mesh. */
export function connectionView(view: Partial<ConnectionView>): ConnectionView {
  return {
    id: 1,
    name: 'links',
    role: 'inter-router',
    dir: 'in',
    host: '127.0.0.1:1',
    container: 'b',
    user: undefined,
    tls: undefined,
    properties: new Map(),
    openedAt: 0,
    bytesIn: 0,
    bytesOut: 0,
    ...view,
  }
}
