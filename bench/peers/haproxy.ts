import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepting, startChild } from '../child.ts'
import { freePorts, running, SERVICES, type Peer, type Setting } from './peer.ts'

/** Two haproxy processes in TCP mode, with mutual TLS between them: a TLS connection for each client connection. */
export const haproxy: Peer = {
  name: 'haproxy',
  tool: 'haproxy',
  async start(setting) {
    const [near, link] = [await freePorts(), await freePorts()]
    const { ca, both } = setting.certificates
    const tls = `ssl crt ${both} ca-file ${ca} verify required`
    const at = (port: number) => `127.0.0.1:${String(port)}`
    const children = [
      await startHaproxy(
        setting,
        'far',
        SERVICES.map((name) => ({ name, bind: `${at(link[name])} ${tls}`, server: at(setting.backend[name]) })),
      ),
      await startHaproxy(
        setting,
        'near',
        SERVICES.map((name) => ({ name, bind: at(near[name]), server: `${at(link[name])} ${tls}` })),
      ),
    ]
    for (const name of SERVICES) await accepting(near[name])
    return running(near, children)
  },
}

interface Route {
  readonly name: string
  readonly bind: string
  readonly server: string
}

async function startHaproxy({ directory }: Setting, site: string, routes: readonly Route[]) {
  const file = join(directory, `haproxy-${site}.cfg`)
  const listens = routes.map(({ name, bind, server }) => `listen ${name}\n  bind ${bind}\n  server s1 ${server}\n`)
  await writeFile(
    file,
    `
global
  maxconn 8192
defaults
  mode tcp
  timeout connect 5s
  timeout client 600s
  timeout server 600s
${listens.join('')}`,
  )
  return startChild('haproxy', ['-db', '-q', '-f', file])
}
