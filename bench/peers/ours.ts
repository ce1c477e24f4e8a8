import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatBootFile } from '../../router/config/boot-file.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { accepting, freePort, startChild } from '../child.ts'
import type { Peer, RunningPeer, Setting } from './peer.ts'

const ROUTER = fileURLToPath(new URL('../../router/main.ts', import.meta.url))
const ADDRESS = 'backend:80'

/** Two of our routers, linked over mutual TLS: a listener at the one, a connector at the other. */
export const ours: Peer = {
  name: 'ours',
  async start(setting: Setting): Promise<RunningPeer> {
    const [port, link] = [await freePort(), await freePort()]
    const host = '127.0.0.1'
    const secure = {
      role: 'inter-router',
      host,
      port: String(link),
      sslProfile: 'link',
      saslMechanisms: 'EXTERNAL',
    } as const
    const far = await startRouter(setting, 'far', [
      ['listener', { name: 'link', ...secure, authenticatePeer: true, requireSsl: true }],
      ['tcpConnector', { name: 'backend', address: ADDRESS, host, port: String(setting.backendPort) }],
    ])
    const near = await startRouter(setting, 'near', [
      ['connector', { name: 'link', ...secure }],
      ['tcpListener', { name: 'backend', address: ADDRESS, host, port: String(port), observer: 'none' }],
    ])
    await accepting(port)
    return {
      port,
      pids: [near.pid, far.pid],
      async stop() {
        await Promise.all([near.stop(), far.stop()])
      },
    }
  },
}

async function startRouter(
  { directory, certificates, profiles }: Setting,
  id: string,
  entities: readonly EntityConfig[],
) {
  const file = join(directory, `router-${id}.json`)
  const { ca, certificate, key } = certificates
  const text = formatBootFile([
    ['router', { id, mode: 'interior' }],
    ['sslProfile', { name: 'link', caCertFile: ca, certFile: certificate, privateKeyFile: key }],
    ...entities,
  ])
  await writeFile(file, text)
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  return startChild(process.execPath, [...profiling, ROUTER, '--config', file, '--end-with-stdin'])
}
