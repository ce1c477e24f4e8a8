import { SkupperError } from '../../../core/model/error.ts'
import type { ServiceFigures } from '../../http/metrics.ts'
import type { ServiceContext } from '../../service/service-context.ts'
import { TcpConnector } from '../../service/tcp-connector.ts'
import { TcpListener } from '../../service/tcp-listener.ts'
import { configuredType } from '../configured-type.ts'
import type { Attributes, EntityType } from '../entity-type.ts'
import { ListenerAddresses } from './listener-addresses.ts'
import { refuseSet } from './unsupported.ts'

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
  readonly #services = new Set<Named>()
  /** Removed connectors with connections that have not ended yet. */
  readonly #ending = new Set<TcpConnector>()
  readonly #addresses = new ListenerAddresses()

  constructor(context: ServiceContext) {
    this.#context = context
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
      start: ({ name, host, port, backlog, observer, multiAddressStrategy, ...rest }) => {
        refuseSet(`tcpListener ${name}`, rest, ['sslProfile'])
        const several = multiAddressStrategy !== 'none'
        const service = new TcpListener(
          {
            ...{ name, host, port: Number(port), backlog, observer },
            ...(several ? { strategy: multiAddressStrategy } : { address: rest.address }),
          },
          this.#context,
        )
        const withdraw = several ? this.#addresses.open(name, service) : nothing
        const unregister = this.#register({ type: 'tcpListener', name, address: rest.address ?? '', service })
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
          },
        }
      },
    })
  }

  #connectorType(): EntityType {
    return configuredType({
      type: 'tcpConnector',
      statusAttributes: [...TRAFFIC, 'connectionMsg'],
      start: ({ name, address, host, port, ...rest }) => {
        refuseSet(`tcpConnector ${name}`, rest, ['sslProfile'])
        const service = new TcpConnector({ name, address, host, port: Number(port) }, this.#context)
        const unregister = this.#register({ type: 'tcpConnector', name, address, service })
        return {
          status: () => statusOf(service),
          close: () => {
            unregister()
            this.#end(service)
          },
        }
      },
    })
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

function trafficOf({ traffic }: Service): Omit<ServiceFigures, 'type' | 'name' | 'address'> {
  const { connectionsOpened, connectionsClosed, bytesIn, bytesOut } = traffic
  return { connectionsOpened, connectionsClosed, bytesIn, bytesOut }
}

function statusOf(service: Service): Attributes {
  return { ...trafficOf(service), connectionMsg: service.lastError?.message ?? '' }
}
