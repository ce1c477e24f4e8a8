import { execFileSync } from 'node:child_process'
import { onTestFinished } from 'vitest'

/** A network namespace of its own, whose one way to this machine can be made to lose packets. */
export interface LossyNamespace {
  /** Words before a command that is to run there. */
  readonly through: readonly string[]
  /** This machine, as seen from there. */
  readonly outside: string
  /** What runs there, as seen from this machine. */
  readonly inside: string
  /** From now on the kernel drops this share of the packets to and from a TCP port there, in each direction. */
  lose(share: number, port: number): void
  /** Packets that were dropped so far. */
  lost(): number
}

/** Why this machine cannot make one; undefined if it can. */
export function whyNoNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can make network namespaces'
  try {
    run('ip', 'netns', 'list')
    run('iptables', '--version')
    return undefined
  } catch {
    return 'ip and iptables are not installed'
  }
}

/** Makes one, and takes it away with the test. Its addresses are of the range for tests of networks (RFC 2544). */
export function lossyNamespace(): LossyNamespace {
  const id = String(process.pid)
  const [name, here, there] = [`skupper-test-${id}`, `sk${id}a`, `sk${id}b`]
  const part = process.pid % 16_384
  const block = `198.18.${String(part >> 6)}`
  const [outside, inside] = [1, 2].map((host) => `${block}.${String((part % 64) * 4 + host)}`) as [string, string]
  const within = ['ip', 'netns', 'exec', name] as const
  run('ip', 'netns', 'add', name)
  onTestFinished(() => {
    run('ip', 'netns', 'delete', name)
  })
  run('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name)
  run('ip', 'address', 'add', `${outside}/30`, 'dev', here)
  run('ip', 'link', 'set', here, 'up')
  run(...within, 'ip', 'address', 'add', `${inside}/30`, 'dev', there)
  for (const device of ['lo', there]) run(...within, 'ip', 'link', 'set', device, 'up')
  return {
    through: within,
    outside,
    inside,
    lose: (share, port) => {
      const drop = ['-m', 'statistic', '--mode', 'random', '--probability', String(share), '-j', 'DROP']
      run(...within, 'iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', String(port), ...drop)
      run(...within, 'iptables', '-A', 'OUTPUT', '-p', 'tcp', '--sport', String(port), ...drop)
    },
    lost: () => {
      const rules = run(...within, 'iptables', '-nvxL')
      return [...rules.matchAll(/^ *(\d+) +\d+ DROP /gm)].reduce((sum, [, packets]) => sum + Number(packets), 0)
    },
  }
}

function run(command: string, ...words: string[]): string {
  return execFileSync(command, words, { stdio: 'pipe', encoding: 'utf8' })
}
