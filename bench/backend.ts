import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepting, freePort, startChild, type Child } from './child.ts'
import type { Ports } from './loads/load.ts'

/** What all peers lead to: nginx with a short answer, over HTTP/1 and cleartext HTTP/2, and a sink for bytes in bulk. */
export interface Backend {
  readonly ports: Ports
  stop(): Promise<void>
}

/** Starts it; nginx has one worker. `bulk` says whether there is an iperf3 for the sink. */
export async function startBackend(directory: string, { bulk }: { bulk: boolean }): Promise<Backend> {
  const ports = { http: await freePort(), h2c: await freePort(), bulk: await freePort() }
  const children: Child[] = [await startNginx(join(directory, 'backend'), ports)]
  await accepting(ports.http)
  if (bulk) {
    const sink = ['-s', '-B', '127.0.0.1', '-p', String(ports.bulk)]
    // It complains of every connection that is only made to see whether it is there.
    children.push(await startChild('iperf3', sink, { quiet: true }))
  }
  return {
    ports,
    async stop() {
      await Promise.all(children.map((child) => child.stop()))
    },
  }
}

async function startNginx(directory: string, ports: Ports): Promise<Child> {
  await mkdir(directory)
  const file = join(directory, 'nginx.conf')
  await writeFile(file, configuration(directory, ports))
  return startChild('nginx', ['-c', file, '-e', join(directory, 'nginx.log')])
}

function configuration(directory: string, ports: Ports): string {
  const answer = 'location / { return 200 "hello from the backend\\n"; }'
  return `
daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_body_temp_path ${directory};
  proxy_temp_path ${directory}; fastcgi_temp_path ${directory}; uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
  server { listen 127.0.0.1:${String(ports.http)} backlog=4096; ${answer} }
  server { listen 127.0.0.1:${String(ports.h2c)} http2 backlog=4096; ${answer} }
}
`
}
