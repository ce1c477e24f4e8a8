import { SkupperError } from '../../../core/model/error.ts'
import type { ServiceFigures } from '../../http/metrics.ts'
import type { ServiceContext } from '../../service/service-context.ts'
import { TcpConnector } from '../../service/tcp-connector.ts'
import { TcpListener } from '../../service/tcp-listener.ts'
import { configuredType } from '../configured-type.ts'
import type { Attributes, EntityType } from '../entity-type.ts'
import { ListenerAddresses } from './listener-addresses.ts'
import { refuseSet } from './unsupported.ts'

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
    await Promise.all([...this.#services].map(({ service }) => service.drain(deadlineMs)))
  }

  destroy(reason: SkupperError): void {
    for (const { service } of this.#services) service.destroy(reason)
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
        return {
          status: () => statusOf(service),
          close: this.#register({ type: 'tcpConnector', name, address, service }),
        }
      },
    })
  }

  /** Answers how to remove it. What is removed is cut: nobody stays connected to what is no longer exposed. */
  #register(named: Named): () => void {
    this.#services.add(named)
    return () => {
      this.#services.delete(named)
      named.service.destroy(new SkupperError('tcp/removed', `${named.type} ${named.name} was removed`))
    }
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
