import { onTestFinished } from 'vitest'
import { SkupperError } from '../../core/model/error.ts'
import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import type { TlsFiles } from '../../router/mesh/listener.ts'
import { RouterCore } from '../../router/mesh/router-core.ts'
import { TcpConnector } from '../../router/service/tcp-connector.ts'
import { TcpListener } from '../../router/service/tcp-listener.ts'
import { eventually } from './eventually.ts'
import { serviceContext } from './service-context.ts'

const STOP = new SkupperError('tcp/test-over', 'the test is over')

/** How many routers a connection passes: in one process, and over one and two links. */
export const PATHS = [1, 2, 3] as const

/** A service whose listener and connector are at the two ends of a line of routers. */
export interface TcpService {
  /** Where its clients connect. */
  readonly port: number
  readonly listener: TcpListener
  readonly connector: TcpConnector
}

/** Exposes what listens on `targetPort` of 127.0.0.1 over `routers` routers, until the test ends. */
export async function tcpService(routers: number, targetPort: number): Promise<TcpService> {
  const line = await routerLine(routers)
  const listener = new TcpListener(
    { name: 'listener', address: 'service:80', host: '127.0.0.1', port: 0, backlog: 2048 },
    serviceContext(end(line, 0).forwarder).context,
  )
  const connector = new TcpConnector(
    { name: 'connector', address: 'service:80', host: '127.0.0.1', port: targetPort },
    serviceContext(end(line, -1).forwarder).context,
  )
  onTestFinished(() => {
    listener.destroy(STOP)
    connector.destroy(STOP)
  })
  return { port: await eventually(() => listener.port), listener, connector }
}

/** Routers in a row, each linked to the next over mutual TLS, until the test ends. */
async function routerLine(length: number): Promise<RouterCore[]> {
  const line = Array.from({ length }, (_, n) => startedRouter(`R${String(n)}`))
  for (let n = 1; n < length; n++) await link(end(line, n - 1), end(line, n))
  return line
}

function startedRouter(routerId: string): RouterCore {
  const router = new RouterCore({
    routerId,
    bootedAt: Date.now(),
    version: 'test',
    now: () => performance.now(),
    random: Math.random,
    log: { info: () => undefined, warn: () => undefined },
    timers: { helloMs: 50, helloMaxAgeMs: 3_000 },
  })
  router.start()
  onTestFinished(() => router.close())
  return router
}

async function link(from: RouterCore, to: RouterCore): Promise<void> {
  const tls = await certificates()
  const listener = await to.addListener({ name: 'link', role: 'inter-router', host: '127.0.0.1', port: 0, tls })
  from.addConnector({ name: 'link', role: 'inter-router', host: '127.0.0.1', port: listener.port, tls })
}

let made: Promise<TlsFiles> | undefined

/** One certificate for all routers of a test file: making one takes a while. */
function certificates(): Promise<TlsFiles> {
  made ??= makeCertificates()
  return made
}

async function makeCertificates(): Promise<TlsFiles> {
  const now = Date.now()
  const authority = readAuthority(await createAuthority({ commonName: 'test', now }), now)
  const { ca, certificate, key } = await issueCredentials(authority, { commonName: 'test', hosts: ['127.0.0.1'], now })
  return { ca, cert: certificate, key }
}

function end(line: readonly RouterCore[], at: number): RouterCore {
  const router = line.at(at)
  if (router === undefined) throw new Error('a line has at least one router')
  return router
}
