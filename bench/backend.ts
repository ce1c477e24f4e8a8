import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { accepting, freePort, startChild, type Child } from './child.ts'

/** An HTTP server with a short answer. */
export interface Backend extends Child {
  readonly port: number
}

/** Starts nginx with one worker; its files go to `directory`. */
export async function startBackend(directory: string): Promise<Backend> {
  const port = await freePort()
  const file = join(directory, 'nginx.conf')
  await writeFile(file, configuration(directory, port))
  const child = await startChild('nginx', ['-c', file, '-e', join(directory, 'nginx.log')])
  await accepting(port)
  return { ...child, port }
}

function configuration(directory: string, port: number): string {
  return `
daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; client_body_temp_path ${directory}; proxy_temp_path ${directory};
  fastcgi_temp_path ${directory}; uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
  server { listen 127.0.0.1:${String(port)} backlog=4096; location / { return 200 "hello from the backend\\n"; } }
}
`
}
