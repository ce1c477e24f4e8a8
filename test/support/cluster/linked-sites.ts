import { join } from 'node:path'
import { temporaryDirectory } from '../temporary-directory.ts'
import { clusterNamespaces } from './clusters.ts'
import type { ClusterNamespace } from './kubectl.ts'

export interface TwoClusters {
  readonly east: ClusterNamespace
  readonly west: ClusterNamespace
}

/** A namespace in each of the first two clusters, until the test has finished. */
export async function twoNamespaces(): Promise<TwoClusters> {
  const [east, west] = await clusterNamespaces(2)
  if (east === undefined || west === undefined) throw new Error('two clusters are needed')
  return { east, west }
}

/** A site in each of the first two clusters, linked, until the test has finished. */
export async function linkedSites(): Promise<TwoClusters> {
  const namespaces = await twoNamespaces()
  await linkSites(namespaces)
  return namespaces
}

/** Makes both namespaces sites, and links them. */
export async function linkSites({ east, west }: TwoClusters): Promise<void> {
  const token = join(await temporaryDirectory(), 'token.yaml')
  await Promise.all([east.skupperOk('init', '--site-name', 'east'), west.skupperOk('init', '--site-name', 'west')])
  await east.skupperOk('token', 'create', token)
  await west.skupperOk('link', 'create', token)
}
