import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { deployment, FRONTEND, service } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TEST_MS = 300_000
const SERVE_MS = 30_000
const API = deployment({ name: 'api', image: 'backend', replicas: 2, port: 8080 })
const TARGETS = /│ api +│ api:8080 +│ http +│ (east: 2 +│\n│ +│ +│ +│ west: 2|west: 2 +│\n│ +│ +│ +│ east: 2) +│/

describe.skipIf(CLUSTERS.length < 2)('a service of two clusters', () => {
  test('is served by the pods of both, wherever it is called', { timeout: TEST_MS }, async () => {
    const [west, east] = await twoLinkedSites()
    for (const site of [west, east]) {
      await site.apply(API)
      await site.skupperOk('expose', 'deployment/api', '--port', '8080')
    }
    await serveFromBoth(west, east)
  })

  test('also where the user has a Service of its name, which stays as it is', { timeout: TEST_MS }, async () => {
    const [west, east] = await twoLinkedSites()
    for (const site of [west, east]) {
      // In the second cluster the synced Service is there already when the user applies one of its name.
      await site.apply(API + service({ of: 'api', port: 8080 }))
      await site.skupperOk('expose', 'deployment/api', '--port', '8080')
    }
    await serveFromBoth(west, east)
    for (const site of [west, east]) {
      const spec = ['get', 'service', 'api', '-o', 'jsonpath={.spec.selector} {.spec.ports[*].targetPort}']
      await eventually(async () => {
        expect(await site.kubectl(spec)).toBe('{"app":"api"} 8080')
        return true
      })
      await site.skupperOk('unexpose', 'deployment/api')
      await site.skupperOk('delete')
      expect(await site.kubectl(spec)).toBe('{"app":"api"} 8080')
    }
  })
})

async function twoLinkedSites(): Promise<readonly [ClusterNamespace, ClusterNamespace]> {
  const [west, east] = await clusterNamespaces(2)
  if (west === undefined || east === undefined) throw new Error('two clusters are needed')
  const token = join(await temporaryDirectory(), 'token.yaml')
  await Promise.all([
    west.skupperOk('init', '--site-name', 'west'),
    east.skupperOk('init', '--site-name', 'east'),
    west.apply(FRONTEND),
    east.apply(FRONTEND),
  ])
  await west.skupperOk('token', 'create', token)
  await east.skupperOk('link', 'create', token)
  return [west, east]
}

/** The pods of both clusters answer callers in each, and both sites show all of them. */
async function serveFromBoth(west: ClusterNamespace, east: ClusterNamespace): Promise<void> {
  const all = (await Promise.all([west, east].map(apiPods))).flat().sort()
  for (const site of [west, east]) {
    await eventually(
      async () => {
        expect(await podsThatServe(site)).toEqual(all)
        expect(await site.skupperOk('service', 'status')).toMatch(TARGETS)
        return true
      },
      { deadlineMs: SERVE_MS },
    )
  }
}

async function apiPods(site: ClusterNamespace): Promise<string[]> {
  const names = await site.kubectl(['get', 'pods', '-l', 'app=api', '-o', 'jsonpath={.items[*].metadata.name}'])
  return names.split(' ')
}

/** The pods that answer when many requests are under way at once, sorted. */
async function podsThatServe(site: ClusterNamespace): Promise<string[]> {
  const curl = ['exec', 'deployment/frontend', '--', 'curl', '-sS', '--fail', '--max-time', '5', '-Z']
  const many = ['--parallel-immediate', '--parallel-max', '60', 'http://api:8080/?ms=300&n=[1-60]']
  return [...new Set((await site.kubectl([...curl, ...many])).trim().split('\n'))].sort()
}
