import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { temporaryDirectory } from '../temporary-directory.ts'
import { ClusterNamespace } from './kubectl.ts'

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

/** A kubeconfig with the contexts cluster-1, cluster-2, … in the order of CLUSTERS; the first is the current one. */
export async function mergedKubeconfig(): Promise<string> {
  const parts = await Promise.all(CLUSTERS.map((path, at) => renamed(path, `cluster-${String(at + 1)}`)))
  const file = join(await temporaryDirectory(), 'config')
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
export async function clusterNamespaces(count: number): Promise<ClusterNamespace[]> {
  const kubeconfig = await mergedKubeconfig()
  const namespace = `t-${randomBytes(4).toString('hex')}`
  const places = Array.from({ length: count }, (_, at) => ({
    kubeconfig,
    namespace,
    context: `cluster-${String(at + 1)}`,
  }))
  return Promise.all(places.map(newNamespace))
}

async function newNamespace(place: ClusterNamespace['place']): Promise<ClusterNamespace> {
  const made = new ClusterNamespace(place)
  await made.kubectl(['create', 'namespace', made.name])
  onTestFinished(async () => {
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
