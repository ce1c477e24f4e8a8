import { spawnSync } from 'node:child_process'

const TOOLS = [
  { command: 'nginx', probe: '-v', package: 'nginx-light' },
  { command: 'haproxy', probe: '-v', package: 'haproxy' },
  { command: 'wrk', probe: '-v', package: 'wrk' },
]
const INSTALL_DEADLINE_MS = 180_000

/** The commands of those that a run needs and this machine lacks, after trying to install them where we may. */
export function missingTools(): string[] {
  const missing = TOOLS.filter((tool) => !runs(tool))
  if (missing.length === 0 || process.getuid?.() !== 0) return missing.map((tool) => tool.command)
  const packages = missing.map((tool) => tool.package)
  apt(['update'])
  apt(['install', '--yes', '--no-install-recommends', ...packages])
  return missing.filter((tool) => !runs(tool)).map((tool) => tool.command)
}

function runs({ command, probe }: { command: string; probe: string }): boolean {
  return spawnSync(command, [probe], { stdio: 'ignore' }).error === undefined
}

function apt(args: readonly string[]): void {
  spawnSync('apt-get', args, { stdio: 'ignore', timeout: INSTALL_DEADLINE_MS })
}
