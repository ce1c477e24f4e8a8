import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepting, freePort, startChild } from '../child.ts'
import type { Peer, RunningPeer, Setting } from './peer.ts'

/** Two haproxy processes in TCP mode, with mutual TLS between them: a TLS connection for each client connection. */
export const haproxy: Peer = {
  name: 'haproxy',
  async start(setting: Setting): Promise<RunningPeer> {
    const { ca, both } = setting.certificates
    const [port, link] = [await freePort(), await freePort()]
    const far = await startHaproxy(setting, 'far', {
      bind: `127.0.0.1:${String(link)} ssl crt ${both} ca-file ${ca} verify required`,
      server: `127.0.0.1:${String(setting.backendPort)}`,
    })
    const near = await startHaproxy(setting, 'near', {
      bind: `127.0.0.1:${String(port)}`,
      server: `127.0.0.1:${String(link)} ssl crt ${both} ca-file ${ca} verify required`,
    })
    await accepting(link)
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

async function startHaproxy({ directory }: Setting, name: string, ends: { bind: string; server: string }) {
  const file = join(directory, `haproxy-${name}.cfg`)
  await writeFile(
    file,
    `
global
  maxconn 8192
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen ${name}
  bind ${ends.bind}
  server s1 ${ends.server}
`,
  )
  return startChild('haproxy', ['-db', '-q', '-f', file])
}
