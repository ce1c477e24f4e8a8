import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startBackend } from './backend.ts'
import { makeCertificates } from './certificates.ts'
import { direct } from './peers/direct.ts'
import { haproxy } from './peers/haproxy.ts'
import { ours } from './peers/ours.ts'
import type { Setting } from './peers/peer.ts'
import { measure, type Measurement, type NamedPeer } from './rounds.ts'
import { resultTable } from './table.ts'
import { missingTools } from './tools.ts'

// Requests per second and CPU seconds through two sites, beside other ways: one JSON line for each measurement, then a
// table. `npm run bench -- --rounds 5 --seconds 10 --connections 64 --peers ours,haproxy`.
// With `--close` each request has a connection of its own; with `--profiles DIRECTORY` our routers leave CPU profiles.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    peers: { type: 'string', default: 'direct,ours,haproxy' },
    profiles: { type: 'string' },
    close: { type: 'boolean', default: false },
  },
})

const missing = missingTools()
if (missing.length > 0) console.log(`skipped: this machine has no ${missing.join(', ')}`)
else await bench()

async function bench(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const stops: (() => Promise<void>)[] = [() => rm(directory, { recursive: true })]
  try {
    const backend = await startBackend(directory)
    stops.unshift(() => backend.stop())
    const certificates = await makeCertificates(directory)
    const setting = { directory, certificates, backendPort: backend.port, profiles: values.profiles }
    const peers = await startPeers(setting, stops)
    await measureAll(peers)
  } finally {
    for (const stop of stops) await stop()
  }
}

async function startPeers(setting: Setting, stops: (() => Promise<void>)[]): Promise<NamedPeer[]> {
  const running: NamedPeer[] = []
  const wanted = values.peers.split(',')
  for (const peer of [direct, ours, haproxy].filter(({ name }) => wanted.includes(name))) {
    const started = await peer.start(setting)
    stops.unshift(() => started.stop())
    running.push({ name: peer.name, ...started })
  }
  return running
}

async function measureAll(peers: readonly NamedPeer[]): Promise<void> {
  const measurements: Measurement[] = []
  const load = { connections: Number(values.connections), seconds: Number(values.seconds), close: values.close }
  await measure(peers, { rounds: Number(values.rounds), load }, (measurement) => {
    measurements.push(measurement)
    console.log(JSON.stringify(measurement))
  })
  console.log(resultTable(measurements))
}
