import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const NGINX_STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'

interface Tool {
  readonly name: string
  /** Of Debian. */
  readonly package: string
  there(): boolean
}

const TOOLS: readonly Tool[] = [
  { name: 'nginx', package: 'nginx-light', there: () => runs('nginx') },
  { name: 'nginx-stream', package: 'libnginx-mod-stream', there: () => existsSync(NGINX_STREAM_MODULE) },
  { name: 'haproxy', package: 'haproxy', there: () => runs('haproxy') },
  { name: 'wrk', package: 'wrk', there: () => runs('wrk') },
  { name: 'h2load', package: 'nghttp2-client', there: () => runs('h2load') },
  { name: 'iperf3', package: 'iperf3', there: () => runs('iperf3') },
]
const GHOSTUNNEL = 'github.com/ghostunnel/ghostunnel@v1.8.4'
const INSTALL_DEADLINE_MS = 180_000

/** The names of those of `wanted` that this machine lacks, after trying to install them from Debian where we may. */
export function missingTools(wanted: ReadonlySet<string>): string[] {
  const missing = TOOLS.filter((tool) => wanted.has(tool.name) && !tool.there())
  if (missing.length > 0 && process.getuid?.() === 0) {
    apt(['update'])
    apt(['install', '--yes', '--no-install-recommends', ...missing.map((tool) => tool.package)])
  }
  return missing.filter((tool) => !tool.there()).map((tool) => tool.name)
}

/** The path of ghostunnel, built by Go if this machine has that; or why it cannot be had. */
export function ghostunnelProgram(): { readonly program: string; readonly lack?: string } {
  const directory = join(homedir(), '.cache', 'skupper-bench')
  const program = join(directory, 'ghostunnel')
  if (existsSync(program)) return { program }
  if (spawnSync('go', ['version']).error !== undefined) return { program: '', lack: 'this machine has no Go' }
  // env, not an option: what Go needs of the environment stays as it is.
  const { stderr } = spawnSync('env', [`GOBIN=${directory}`, 'go', 'install', GHOSTUNNEL], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: INSTALL_DEADLINE_MS,
  })
  return existsSync(program) ? { program } : { program: '', lack: `Go could not build it: ${lastLine(stderr)}` }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}

function runs(command: string): boolean {
  return spawnSync(command, ['-v'], { stdio: 'ignore' }).error === undefined
}

function apt(args: readonly string[]): void {
  spawnSync('apt-get', args, { stdio: 'ignore', timeout: INSTALL_DEADLINE_MS })
}
