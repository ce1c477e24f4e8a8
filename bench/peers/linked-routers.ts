import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { accepting, freePort, type Child } from '../child.ts'
import { freePorts, running, SERVICES, type RunningPeer, type Setting } from './peer.ts'

/** How two linked routers are started. */
export interface RouterKind {
  readonly name: string
  /** Of each tcpListener. */
  readonly observer: 'auto' | 'none'
  /** What the boot file says besides. */
  readonly entities: readonly EntityConfig[]
  start(bootFile: string): Promise<Child>
}

/** Two routers, linked over mutual TLS: listeners at the one, connectors at the other. */
export async function startLinkedRouters(kind: RouterKind, setting: Setting): Promise<RunningPeer> {
  const [ports, link] = [await freePorts(), await freePort()]
  const host = '127.0.0.1'
  const secure = {
    role: 'inter-router',
    host,
    port: String(link),
    sslProfile: 'tls',
    saslMechanisms: 'EXTERNAL',
  } as const
  const connectors = SERVICES.map((name): EntityConfig => [
    'tcpConnector',
    { name, address: addressOf(name), host, port: String(setting.backend[name]) },
  ])
  const { observer } = kind
  const listeners = SERVICES.map((name): EntityConfig => [
    'tcpListener',
    { name, address: addressOf(name), host, port: String(ports[name]), observer },
  ])
  const server: EntityConfig = ['listener', { name: 'link', ...secure, authenticatePeer: true, requireSsl: true }]
  const far = await startRouter(kind, setting, { id: `${kind.name}-far`, entities: [server, ...connectors] })
  const dialler: EntityConfig = ['connector', { name: 'link', ...secure }]
  const near = await startRouter(kind, setting, { id: `${kind.name}-near`, entities: [dialler, ...listeners] })
  for (const name of SERVICES) await accepting(ports[name])
  return running(ports, [near, far])
}

function addressOf(name: string): string {
  return `${name}:80`
}

async function startRouter(
  kind: RouterKind,
  { directory, certificates }: Setting,
  { id, entities }: { id: string; entities: readonly EntityConfig[] },
): Promise<Child> {
  const file = join(directory, `${id}.json`)
  const { ca, certificate, key } = certificates
  const text = formatBootFile([
    ['router', { id, mode: 'interior' }],
    ['sslProfile', { name: 'tls', caCertFile: ca, certFile: certificate, privateKeyFile: key }],
    ...kind.entities,
    ...entities,
  ])
  await writeFile(file, text)
  return kind.start(file)
}
