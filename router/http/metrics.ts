import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { HttpPage } from './http-listener.ts'

/** What the router counts, read at each scrape. */
export interface RouterFigures {
  readonly connections: number
  readonly links: number
  readonly addresses: number
  /** Other routers that can be reached. */
  readonly routers: number
  readonly services: readonly ServiceFigures[]
  readonly deliveries: DeliveryFigures
}

/** Deliveries since the start. */
export interface DeliveryFigures {
  /** Entered the network here. */
  readonly ingress: number
  /** Handed to a consumer here. */
  readonly egress: number
  /** Went from one router to another. */
  readonly transit: number
  /** Given back for want of a destination. */
  readonly released: number
  /** Refused as malformed. */
  readonly rejected: number
}

/** One tcpListener or tcpConnector. */
export interface ServiceFigures {
  readonly type: string
  readonly name: string
  readonly address: string
  readonly connectionsOpened: number
  readonly connectionsClosed: number
  readonly bytesIn: number
  readonly bytesOut: number
}

type Count = 'connectionsOpened' | 'connectionsClosed' | 'bytesIn' | 'bytesOut'
type Total = Exclude<keyof RouterFigures, 'services' | 'deliveries'>

/** The router's metrics page for Prometheus; those that skupper-router has too bear its names. */
export function metricsPage(read: () => RouterFigures): () => Promise<HttpPage> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  addTotal('connections', 'AMQP connections, in and out')
  addTotal('links', 'AMQP links')
  addTotal('addresses', 'addresses this router knows')
  addTotal('routers', 'other routers of the network that can be reached')
  addCount('connections_opened', 'connectionsOpened', 'TCP connections accepted or dialled')
  addCount('connections_closed', 'connectionsClosed', 'TCP connections that have ended')
  addCount('bytes_in', 'bytesIn', 'bytes read from TCP connections')
  addCount('bytes_out', 'bytesOut', 'bytes written to TCP connections')
  return async () => ({ status: 200, contentType: registry.contentType, text: await registry.metrics() })

  function addTotal(figure: Total, help: string): void {
    new Gauge({
      name: `qdr_${figure}_total`,
      help,
      registers: [registry],
      collect() {
        this.set(read()[figure])
      },
    })
  }

  function addCount(name: string, count: Count, help: string): void {
    new Counter({
      name: `skupper_router_tcp_${name}_total`,
      help,
      labelNames: ['type', 'name', 'address'],
      registers: [registry],
      collect() {
        this.reset()
        for (const { type, name, address, ...counts } of read().services) {
          this.inc({ type, name, address }, counts[count])
        }
      },
    })
  }
}
