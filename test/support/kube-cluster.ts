import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { connect } from '../../core/kube/kube-config.ts'
import { NAMESPACE } from '../../core/kube/resource-types.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** The kubeconfig of the cluster that contract tests use: the first of CLUSTERS. They are skipped where it is unset. */
export const KUBECONFIG: string | undefined = process.env['CLUSTERS']?.split(',')[0]?.trim()

export interface ClientWishes {
  readonly namespace?: string
  readonly fieldManager?: string
  /** In place of the API server's own, for a proxy in between. */
  readonly server?: string
  /** Who the client acts as. */
  readonly as?: string
  readonly deadlineMs?: number
}

/** A client of the cluster under test. */
export async function clusterClient(wishes: ClientWishes = {}): Promise<KubeClient> {
  const kubeconfig = await kubeconfigFor(wishes)
  const { namespace, fieldManager = 'skupper-test', deadlineMs } = wishes
  const client = await connect({ kubeconfig, namespace, fieldManager, env: {}, deadlineMs })
  onTestFinished(() => {
    client.close()
  })
  return client
}

/** A client in a namespace of its own, which goes with the test. */
export async function namespaceClient(wishes: ClientWishes = {}): Promise<KubeClient> {
  const namespace = `t-${randomBytes(5).toString('hex')}`
  const client = await clusterClient({ ...wishes, namespace })
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const admin = wishes.server === undefined ? client : await clusterClient({ namespace })
  onTestFinished(async () => {
    await admin.delete(NAMESPACE, namespace)
  })
  return client
}

/** Where the API server itself is. */
export async function serverAddress(): Promise<{ host: string; port: number }> {
  const { hostname, port } = new URL((await readConfig()).clusters[0]?.cluster.server ?? '')
  return { host: hostname, port: Number(port) }
}

/** How to reach the API server itself, with every right. */
export async function apiServerAccess() {
  const { clusters, users } = await readConfig()
  const cluster = clusters[0]?.cluster
  const user = users[0]?.user ?? {}
  const { host, port } = await serverAddress()
  const pem = (encoded: unknown): string => Buffer.from(String(encoded), 'base64').toString()
  return {
    ...{ host, port, ca: pem(cluster?.['certificate-authority-data']) },
    ...{ cert: pem(user['client-certificate-data']), key: pem(user['client-key-data']) },
  }
}

interface ConfigFile {
  clusters: {
    cluster: { server: string; 'certificate-authority-data'?: string; 'insecure-skip-tls-verify'?: boolean }
  }[]
  users: { user: Record<string, unknown> }[]
}

async function kubeconfigFor({ server, as }: ClientWishes): Promise<string> {
  if (KUBECONFIG === undefined) throw new Error('CLUSTERS is not set')
  if (server === undefined && as === undefined) return KUBECONFIG
  const config = await readConfig()
  for (const { cluster } of config.clusters) {
    if (server !== undefined) cluster.server = server
    if (server?.startsWith('http:') === true) cluster['insecure-skip-tls-verify'] = true
  }
  for (const { user } of config.users) if (as !== undefined) user['as'] = as
  const path = join(await temporaryDirectory(), 'kubeconfig')
  await writeFile(path, stringify(config))
  return path
}

async function readConfig(): Promise<ConfigFile> {
  return parse(await readFile(KUBECONFIG ?? '', 'utf8')) as ConfigFile
}
