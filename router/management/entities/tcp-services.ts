import { SkupperError } from '../../../core/model/error.ts'
import type { ServiceFigures } from '../../http/metrics.ts'
import type { ServiceContext } from '../../service/service-context.ts'
import { TcpConnector } from '../../service/tcp-connector.ts'
import { TcpListener } from '../../service/tcp-listener.ts'
import type { AttributesOf } from '../../config/entities.ts'
import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import type { TlsMaterial } from '../../tls/tls-files.ts'
import { configuredType, type Running } from '../configured-type.ts'
import type { Attributes, EntityType } from '../entity-type.ts'
import { ListenerAddresses } from './listener-addresses.ts'
import { startWithProfile } from './profile-start.ts'
import { useServiceTls } from './service-tls.ts'

/** As long as Kubernetes gives a pod to end, unless told otherwise: its last answers come through. */
const LAST_ANSWERS_MS = 30_000
const TRAFFIC = ['connectionsOpened', 'connectionsClosed', 'bytesIn', 'bytesOut']

type Service = TcpListener | TcpConnector

interface Named {
  readonly type: string
  readonly name: string
  readonly address: string
  readonly service: Service
}

/** The TCP services of a router, which management makes and removes. */
export class TcpServices {
  readonly #context: ServiceContext
  readonly #profiles: SslProfiles
  readonly #services = new Set<Named>()
  /** Removed connectors with connections that have not ended yet. */
  readonly #ending = new Set<TcpConnector>()
  readonly #addresses = new ListenerAddresses()

  constructor(context: ServiceContext, profiles: SslProfiles) {
    this.#context = context
    this.#profiles = profiles
  }

  get types(): EntityType[] {
    return [this.#listenerType(), this.#connectorType(), this.#addresses.type]
  }

  get figures(): ServiceFigures[] {
    return [...this.#services].map(({ service, ...named }) => ({ ...named, ...trafficOf(service) }))
  }

  /** Takes no new connections, lets those there are end by themselves, and resets what is left after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    const all = [...[...this.#services].map(({ service }) => service), ...this.#ending]
    await Promise.all(all.map((service) => service.drain(deadlineMs)))
  }

  destroy(reason: SkupperError): void {
    for (const { service } of this.#services) service.destroy(reason)
    for (const service of this.#ending) service.destroy(reason)
  }

  #listenerType(): EntityType {
    return configuredType({
      type: 'tcpListener',
      statusAttributes: [...TRAFFIC, 'operStatus', 'connectionMsg'],
      updatable: ['observer'],
      start: (attributes) =>
        startWithProfile({
          ...this.#profileParts,
          owner: { type: 'tcpListener', ...attributes },
          start: () => this.#startListener(attributes),
          missing: ({ message }) => ({ operStatus: 'down', connectionMsg: message }),
        }),
    })
  }

  #connectorType(): EntityType {
    return configuredType({
      type: 'tcpConnector',
      statusAttributes: [...TRAFFIC, 'connectionMsg'],
      start: (attributes) =>
        startWithProfile({
          ...this.#profileParts,
          owner: { type: 'tcpConnector', ...attributes },
          start: () => this.#startConnector(attributes),
          missing: ({ message }) => ({ connectionMsg: message }),
        }),
    })
  }

  #startListener(attributes: AttributesOf<'tcpListener'>): Running<'tcpListener'> {
    const { name, host, port, backlog, observer, multiAddressStrategy, authenticatePeer, address } = attributes
    const use = useServiceTls(this.#profiles, { type: 'tcpListener', ...attributes }, (tls) => {
      requireServerTls(tls, { entity: `tcpListener ${name}`, authenticatePeer })
    })
    const several = multiAddressStrategy !== 'none'
    const options = { name, host, port: Number(port), backlog, observer, tls: use.tls, authenticatePeer }
    const way = several ? { strategy: multiAddressStrategy } : { address }
    const service = new TcpListener({ ...options, ...way }, this.#context)
    use.follow(service)
    const withdraw = several ? this.#addresses.open(name, service) : nothing
    const unregister = this.#register({ type: 'tcpListener', name, address: address ?? '', service })
    return {
      status: () => ({ ...statusOf(service), operStatus: service.operStatus }),
      update: (next) => {
        service.observe(next.observer)
        return Promise.resolve()
      },
      close: () => {
        withdraw()
        unregister()
        // Nobody stays connected by a way that is no longer there.
        service.destroy(new SkupperError('tcp/removed', `tcpListener ${name} was removed`))
        use.release()
      },
    }
  }

  #startConnector(attributes: AttributesOf<'tcpConnector'>): Running<'tcpConnector'> {
    const { name, address, host, port, verifyHostname } = attributes
    const use = useServiceTls(this.#profiles, { type: 'tcpConnector', ...attributes }, nothing)
    const tls = use.tls && { material: use.tls, verifyHostname }
    const service = new TcpConnector({ name, address, host, port: Number(port), tls }, this.#context)
    use.follow(service)
    const unregister = this.#register({ type: 'tcpConnector', name, address, service })
    return {
      status: () => statusOf(service),
      close: () => {
        unregister()
        this.#end(service)
        use.release()
      },
    }
  }

  get #profileParts() {
    return { profiles: this.#profiles, log: this.#context.log }
  }

  #register(named: Named): () => void {
    this.#services.add(named)
    return () => this.#services.delete(named)
  }

  /** A target that goes takes nobody new and may give its last answers: a pod that is to end does so as well. */
  #end(service: TcpConnector): void {
    this.#ending.add(service)
    void service.drain(LAST_ANSWERS_MS).finally(() => this.#ending.delete(service))
  }
}

const nothing = (): void => undefined

/** Throws `config/bad-certificate` where a profile is not enough to serve TLS with. */
function requireServerTls(
  { ca, cert, key }: TlsMaterial,
  { entity, authenticatePeer }: { entity: string; authenticatePeer: boolean },
): void {
  const lacking = cert === undefined || key === undefined ? 'a certificate and its private key' : undefined
  const needed = lacking ?? (authenticatePeer && ca === undefined ? 'a CA for the certificates of clients' : undefined)
  if (needed === undefined) return
  throw new SkupperError('config/bad-certificate', `${entity}: its sslProfile has no ${needed}`, { wanted: needed })
}

function trafficOf({ traffic }: Service): Omit<ServiceFigures, 'type' | 'name' | 'address'> {
  const { connectionsOpened, connectionsClosed, bytesIn, bytesOut } = traffic
  return { connectionsOpened, connectionsClosed, bytesIn, bytesOut }
}

function statusOf(service: Service): Attributes {
  return { ...trafficOf(service), connectionMsg: service.lastError?.message ?? '' }
}
