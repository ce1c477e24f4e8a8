import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { makeCertificates, type CertificateFiles } from '../certificates.ts'
import { accepting, freePort, startChild, type Child } from '../child.ts'
import { cpuSeconds, loadAverage, residentMegabytes } from '../processes.ts'
import { routerBundle } from '../router-bundle.ts'
import { linksOf, type Shape } from './shape.ts'

const HOST = '127.0.0.1'
const QUIET_MS = 10_000
const DEADLINE_MS = 120_000

interface Site {
  readonly id: string
  readonly linkPort: number
  /** Where the last router listens for this one's address. */
  readonly clientPort: number
}

/** What a network of real routers on this machine showed, whose last one listens for the addresses of all. */
export interface ProcessesResult {
  readonly shape: Shape
  readonly routers: number
  readonly links: number
  /** From the first start to all routers accepting links. */
  readonly start_s: number
  /** From then to clients of every address being taken. */
  readonly converge_after_start_s: number
  /** Until then. */
  readonly cpu_s_per_router: number
  readonly idle_cpu_ms_per_router_and_s: number
  readonly rss_mb_per_router: number
  readonly load_average: number
}

interface Parts {
  readonly directory: string
  readonly program: string
  readonly certificates: CertificateFiles
  readonly backendPort: number
}

/** Starts so many routers, linked over mutual TLS, each with a target, and ends them again. */
export async function measureProcesses(shape: Shape, routers: number): Promise<ProcessesResult> {
  const directory = await mkdtemp(join(tmpdir(), 'skupper-scale-'))
  const backend = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, HOST)
  try {
    await once(backend, 'listening')
    const address = backend.address()
    // Each child is ended with this process.
    process.setMaxListeners(routers + 10)
    if (typeof address !== 'object' || address === null) throw new Error('the backend has no port')
    const [program, certificates] = [await routerBundle(directory), await makeCertificates(directory)]
    const names = Array.from({ length: routers }, (_, at) => `r${String(at).padStart(3, '0')}`)
    return await measure(shape, names, { directory, program, certificates, backendPort: address.port })
  } finally {
    backend.close()
    await rm(directory, { recursive: true })
  }
}

async function measure(shape: Shape, names: readonly string[], parts: Parts): Promise<ProcessesResult> {
  const sites = await Promise.all(
    names.map(async (id): Promise<Site> => ({ id, linkPort: await freePort(), clientPort: await freePort() })),
  )
  const links = linksOf(shape, names)
  const started = performance.now()
  const children: Child[] = []
  try {
    for (const site of sites) {
      const file = join(parts.directory, `${site.id}.json`)
      await writeFile(file, formatBootFile(configOf(site, { ...parts, sites, links })))
      children.push(await startChild(process.execPath, [parts.program, '--config', file, '--end-with-stdin']))
    }
    await Promise.all(sites.map(({ linkPort }) => accepting(linkPort, DEADLINE_MS)))
    const allUp = performance.now()
    for (const { clientPort } of sites) await accepting(clientPort, DEADLINE_MS)
    const found = performance.now()
    const pids = children.map(({ pid }) => pid)
    const before = cpuSeconds(pids)
    await delay(QUIET_MS)
    return {
      ...{ shape, routers: sites.length, links: links.length },
      start_s: round((allUp - started) / 1000),
      converge_after_start_s: round((found - allUp) / 1000),
      cpu_s_per_router: round(before / pids.length),
      idle_cpu_ms_per_router_and_s: round(((cpuSeconds(pids) - before) * 1000) / pids.length / (QUIET_MS / 1000)),
      rss_mb_per_router: round(residentMegabytes(pids) / pids.length),
      load_average: loadAverage(),
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

interface Plan extends Parts {
  readonly sites: readonly Site[]
  readonly links: readonly (readonly [string, string])[]
}

function configOf(site: Site, { sites, links, certificates, backendPort }: Plan): EntityConfig[] {
  const { ca, certificate, key } = certificates
  const secure = { role: 'inter-router', host: HOST, sslProfile: 'tls', saslMechanisms: 'EXTERNAL' } as const
  const connectors = links
    .filter(([, dialler]) => dialler === site.id)
    .map(([to]): EntityConfig => {
      const port = String(sites.find(({ id }) => id === to)?.linkPort)
      return ['connector', { name: `to-${to}`, ...secure, port }]
    })
  const listeners = sites.map(({ id, clientPort }): EntityConfig => [
    'tcpListener',
    { name: id, address: id, host: HOST, port: clientPort },
  ])
  return [
    ['router', { id: site.id, mode: 'interior', dataConnectionCount: '1' }],
    ['sslProfile', { name: 'tls', caCertFile: ca, certFile: certificate, privateKeyFile: key }],
    ['listener', { name: 'links', ...secure, port: String(site.linkPort), authenticatePeer: true, requireSsl: true }],
    ['tcpConnector', { name: site.id, address: site.id, host: HOST, port: backendPort }],
    ...connectors,
    ...(site === sites.at(-1) ? listeners : []),
  ]
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
