import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepting, startChild, type Child } from '../child.ts'
import { NGINX_STREAM_MODULE } from '../tools.ts'
import { freePorts, running, SERVICES, type Peer, type Setting } from './peer.ts'

/** Two nginx processes that pass streams on, with mutual TLS between them: a TLS connection for each client connection. */
export const nginx: Peer = {
  name: 'nginx',
  tool: 'nginx-stream',
  async start(setting) {
    const [near, link] = [await freePorts(), await freePorts()]
    const { ca, certificate, key } = setting.certificates
    const far = SERVICES.map(
      (name) => `server {
    listen 127.0.0.1:${String(link[name])} ssl backlog=4096; proxy_pass 127.0.0.1:${String(setting.backend[name])};
    ssl_certificate ${certificate}; ssl_certificate_key ${key}; ssl_client_certificate ${ca}; ssl_verify_client on;
  }`,
    )
    const here = SERVICES.map(
      (name) => `server {
    listen 127.0.0.1:${String(near[name])} backlog=4096; proxy_pass 127.0.0.1:${String(link[name])};
    proxy_ssl on; proxy_ssl_certificate ${certificate}; proxy_ssl_certificate_key ${key};
    proxy_ssl_trusted_certificate ${ca}; proxy_ssl_verify on; proxy_ssl_name localhost;
  }`,
    )
    const children = [await startNginx(setting, 'far', far), await startNginx(setting, 'near', here)]
    for (const name of SERVICES) await accepting(near[name])
    return running(near, children)
  },
}

async function startNginx(setting: Setting, site: string, servers: readonly string[]): Promise<Child> {
  const directory = join(setting.directory, `nginx-${site}`)
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'nginx.conf')
  await writeFile(
    file,
    `
load_module ${NGINX_STREAM_MODULE};
daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events { worker_connections 16384; }
stream {
  proxy_timeout 600s; tcp_nodelay on;
  ${servers.join('\n  ')}
}
`,
  )
  return startChild('nginx', ['-c', file, '-e', join(directory, 'nginx.log')])
}
