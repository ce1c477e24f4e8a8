import { rmSync } from 'node:fs'
import { appendFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startBackend } from './backend.ts'
import { makeCertificates } from './certificates.ts'
import { LOADS } from './loads/loads.ts'
import type { Measurement } from './measurement.ts'
import type { Setting } from './peers/peer.ts'
import { PEERS } from './peers/peers.ts'
import { measure, type Plan } from './rounds.ts'
import { resultTable } from './table.ts'
import { ghostunnelProgram, missingTools } from './tools.ts'

const MEMORY = 'mem'
const MAX_SECONDS = 60
const NAMES = { loads: [...LOADS.map(({ name }) => name), MEMORY], peers: PEERS.map(({ name }) => name) }
const USAGE = `npm run bench -- [--rounds 3] [--seconds 5] [--loads ${NAMES.loads.join()}]
  [--peers ${NAMES.peers.join()}] [--json FILE] [--profiles DIRECTORY]

Loads each peer in turn, client → A → mutual TLS → B → nginx, and prints a table. FILE gets a line of JSON for each
measurement. With --profiles our routers leave CPU profiles there. SKROUTERD=PATH adds skupper-router.`

const options = {
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '5' },
  loads: { type: 'string', default: NAMES.loads.join() },
  peers: { type: 'string', default: NAMES.peers.join() },
  json: { type: 'string' },
  profiles: { type: 'string' },
} as const

/** Each child has a listener for our end. */
const MAX_CHILDREN = 100

process.setMaxListeners(MAX_CHILDREN)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
try {
  await bench()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function bench(): Promise<void> {
  const { values } = parseArgs({ options })
  const names = { loads: namesIn(values.loads, NAMES.loads), peers: namesIn(values.peers, NAMES.peers) }
  const seconds = positive(values.seconds, 'seconds')
  const rounds = positive(values.rounds, 'rounds')
  const missing = lackedTools(names)
  if (missing.has('nginx')) throw new Error('There is nothing to load: this machine has no nginx.')
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  process.on('exit', () => {
    rmSync(directory, { recursive: true })
  })
  const backend = await startBackend(directory, { bulk: !missing.has('iperf3') })
  const ghostunnel: ReturnType<typeof ghostunnelProgram> = names.peers.has('ghostunnel')
    ? ghostunnelProgram()
    : { program: '' }
  try {
    const setting = {
      directory,
      certificates: await makeCertificates(directory),
      backend: backend.ports,
      profiles: values.profiles,
      skrouterd: process.env['SKROUTERD'] ?? '',
      ghostunnel: ghostunnel.program,
      ghostunnelLack: ghostunnel.lack,
    }
    await run({ ...planOf(names, missing, setting), rounds, seconds }, setting, values.json)
  } finally {
    await backend.stop()
  }
}

async function run(plan: Plan, setting: Setting, json: string | undefined): Promise<void> {
  const measurements: Measurement[] = []
  if (json !== undefined) await writeFile(json, '')
  const report = async (measurement: Measurement): Promise<void> => {
    measurements.push(measurement)
    const line = JSON.stringify(measurement)
    console.log(line)
    if (json !== undefined) await appendFile(json, `${line}\n`)
  }
  await measure(plan, setting, report)
  console.log(resultTable(measurements))
}

interface Names {
  readonly loads: ReadonlySet<string>
  readonly peers: ReadonlySet<string>
}

function lackedTools(names: Names): Set<string> {
  const wanted = [
    ...LOADS.filter(({ name }) => names.loads.has(name)),
    ...PEERS.filter(({ name }) => names.peers.has(name)),
  ]
  return new Set(missingTools(new Set(['nginx', ...wanted.flatMap(({ tool }) => tool ?? [])])))
}

/** What can be run of what was asked for; says what is skipped, and why. */
function planOf(
  names: Names,
  missing: ReadonlySet<string>,
  setting: Setting,
): Pick<Plan, 'loads' | 'peers' | 'memory'> {
  const takes = ({ name, tool }: { name: string; tool?: string }): boolean => {
    if (tool === undefined || !missing.has(tool)) return true
    console.log(`skipped ${name}: this machine has no ${tool}`)
    return false
  }
  const loads = LOADS.filter(({ name }) => names.loads.has(name)).filter(takes)
  const peers = PEERS.filter(({ name }) => names.peers.has(name))
    .filter(takes)
    .filter((peer) => {
      const lack = peer.lacks?.(setting)
      if (lack !== undefined) console.log(`skipped ${peer.name}: ${lack}`)
      return lack === undefined
    })
  return { loads, peers, memory: names.loads.has(MEMORY) }
}

function namesIn(list: string, known: readonly string[]): Set<string> {
  const names = list.split(',')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${known.join(', ')}.\n\n${USAGE}`)
  return new Set(names)
}

function positive(text: string, flag: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= MAX_SECONDS) return value
  throw new Error(`--${flag} ${text}: wanted is a number from 1 to ${String(MAX_SECONDS)}.\n\n${USAGE}`)
}
