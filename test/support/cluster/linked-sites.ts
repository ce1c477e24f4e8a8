import { join } from 'node:path'
import { temporaryDirectory } from '../temporary-directory.ts'
import { clusterNamespaces } from './clusters.ts'
import type { ClusterNamespace } from './kubectl.ts'

export interface LinkedSites {
  readonly east: ClusterNamespace
  readonly west: ClusterNamespace
}

/** A site in each of the first two clusters, linked; both are removed when the test has finished. */
export async function linkedSites(): Promise<LinkedSites> {
  const [east, west] = await clusterNamespaces(2)
  if (east === undefined || west === undefined) throw new Error('two clusters are needed')
  const token = join(await temporaryDirectory(), 'token.yaml')
  await Promise.all([east.skupperOk('init', '--site-name', 'east'), west.skupperOk('init', '--site-name', 'west')])
  await east.skupperOk('token', 'create', token)
  await west.skupperOk('link', 'create', token)
  return { east, west }
}
