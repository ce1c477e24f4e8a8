import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CASES, type Sites } from './cases.ts'
import { figureTable, type Figure } from './figures.ts'
import { Place } from './place.ts'

// `npm run bench:cluster [-- --cases site,link,…]`: two sites in the first two clusters of CLUSTERS, measured as Skupper
// was for the table.

const { values } = parseArgs({ options: { cases: { type: 'string', default: Object.keys(CASES).join() } } })
const [first, second] = (process.env['CLUSTERS'] ?? '').split(',')
if (first === undefined || first === '' || second === undefined) {
  console.error('CLUSTERS=a.yaml,b.yaml is needed: the kubeconfigs of two clusters.')
  process.exitCode = 1
} else {
  await bench(first, second)
}

async function bench(caller: string, server: string): Promise<void> {
  const namespace = `bench-${randomBytes(3).toString('hex')}`
  const directory = await mkdtemp(join(tmpdir(), 'bench-cluster-'))
  const placeIn = (kubeconfig: string): Place => new Place({ kubeconfig, namespace })
  const sites = { caller: placeIn(caller), server: placeIn(server), directory }
  const places = [sites.caller, sites.server]
  await Promise.all(places.map((place) => place.kubectl(['create', 'namespace', namespace])))
  try {
    console.log(`\n${figureTable(await measured(sites))}\n\nLoad of this machine at the end: ${loadOf()}.`)
  } finally {
    await Promise.all(places.map((place) => place.kubectl(['delete', 'namespace', namespace, '--wait=false'])))
    await rm(directory, { recursive: true, force: true })
  }
}

/** One case after the other; what fails is told and is no reason to leave out the rest. */
async function measured(sites: Sites): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const name of values.cases.split(',')) {
    const task = CASES[name]
    if (task === undefined) throw new Error(`--cases ${name}; wanted some of ${Object.keys(CASES).join()}`)
    try {
      const made = await task(sites)
      for (const { what, ours } of made) console.log(`${what}: ${ours} (load ${loadOf()})`)
      figures.push(...made)
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return figures
}

function loadOf(): string {
  return loadavg()[0]?.toFixed(1) ?? ''
}
