import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { temporaryDirectory } from '../temporary-directory.ts'
import { ClusterNamespace } from './kubectl.ts'

const SHARED_DEADLINE_MS = 180_000

/** The kubeconfigs of CLUSTERS, in order. Cluster tests are skipped where there are fewer than they need. */
export const CLUSTERS: readonly string[] = (process.env['CLUSTERS'] ?? '')
  .split(',')
  .map((path) => path.trim())
  .filter((path) => path !== '')

const named = <T extends z.ZodRawShape>(shape: T) => z.object({ name: z.string(), ...shape })
const kubeconfigSchema = z.object({
  'current-context': z.string(),
  contexts: z.array(named({ context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(named({ cluster: z.unknown() })),
  users: z.array(named({ user: z.unknown() })),
})

/** Is told what to do at the end. */
type AtEnd = (task: () => Promise<void>) => void

/** A kubeconfig with the contexts cluster-1, cluster-2, … in the order of CLUSTERS; the first is the current one. */
export async function mergedKubeconfig(atEnd: AtEnd = onTestFinished): Promise<string> {
  const parts = await Promise.all(CLUSTERS.map((path, at) => renamed(path, `cluster-${String(at + 1)}`)))
  const file = join(await temporaryDirectory(atEnd), 'config')
  const merged = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cluster-1',
    contexts: parts.map(({ context }) => context),
    clusters: parts.map(({ cluster }) => cluster),
    users: parts.map(({ user }) => user),
  }
  await writeFile(file, stringify(merged), { mode: 0o600 })
  return file
}

/** A new namespace of one name in each of the first `count` clusters, removed when the test has finished. */
export async function clusterNamespaces(count: number, atEnd: AtEnd = onTestFinished): Promise<ClusterNamespace[]> {
  const kubeconfig = await mergedKubeconfig(atEnd)
  const namespace = newName()
  const contexts = Array.from({ length: count }, (_, at) => `cluster-${String(at + 1)}`)
  return Promise.all(contexts.map((context) => newNamespace({ kubeconfig, namespace, context }, atEnd)))
}

/** The same for all tests of a `describe`: `fill` makes of them what they share, `of` gives that to each test. */
export function sharedNamespaces<T>(
  count: number,
  fill: (namespaces: ClusterNamespace[], directory: string) => Promise<T>,
): () => T {
  const atEnd: (() => Promise<void>)[] = []
  let filled: { readonly with: T } | undefined
  const later: AtEnd = (task) => atEnd.push(task)
  beforeAll(async () => {
    const directory = await temporaryDirectory(later)
    filled = { with: await fill(await clusterNamespaces(count, later), directory) }
  }, SHARED_DEADLINE_MS)
  afterAll(async () => {
    // What was made last goes first: each may need what was before it.
    for (const task of atEnd.toReversed()) await task()
  }, SHARED_DEADLINE_MS)
  return () => {
    if (filled === undefined) throw new Error('there is nothing before the first test')
    return filled.with
  }
}

/** One more namespace, in a cluster where there is one already. */
export function anotherNamespace(
  { place }: ClusterNamespace,
  atEnd: AtEnd = onTestFinished,
): Promise<ClusterNamespace> {
  return newNamespace({ ...place, namespace: newName() }, atEnd)
}

const newName = (): string => `t-${randomBytes(4).toString('hex')}`

async function newNamespace(place: ClusterNamespace['place'], atEnd: AtEnd): Promise<ClusterNamespace> {
  const made = new ClusterNamespace(place)
  await made.kubectl(['create', 'namespace', made.name])
  atEnd(async () => {
    await made.kubectl(['delete', 'namespace', made.name, '--wait=false'])
  })
  return made
}

/** The current context of a kubeconfig with what it refers to, all under one new name. */
async function renamed(path: string, name: string) {
  const { contexts, clusters, users, ...rest } = kubeconfigSchema.parse(parse(await readFile(path, 'utf8')))
  const current = contexts.find((each) => each.name === rest['current-context'])?.context
  const cluster = clusters.find((each) => each.name === current?.cluster)?.cluster
  const user = users.find((each) => each.name === current?.user)?.user
  return { context: { name, context: { cluster: name, user: name } }, cluster: { name, cluster }, user: { name, user } }
}
