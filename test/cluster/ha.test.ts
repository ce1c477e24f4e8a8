import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { steadyLoad, type LoadResult } from '../support/cluster/steady-load.ts'
import { backend, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ANSWER_MS = 30_000
const URL = 'http://backend:8080/'
const ROUTER = 'skupper-router'

/** What calls, and where it is served; each site has so many routers. The one that serves has dialled. */
async function linkedSites(routers: number): Promise<{ west: ClusterNamespace; east: ClusterNamespace }> {
  const [west, east] = await clusterNamespaces(2)
  if (west === undefined || east === undefined) throw new Error('two clusters are needed')
  const count = ['--routers', String(routers)]
  await Promise.all([
    west.skupperOk('init', '--site-name', 'west', ...count),
    east.skupperOk('init', '--site-name', 'east', ...count),
    east.apply(backend(2)),
    west.apply(FRONTEND),
  ])
  const token = join(await temporaryDirectory(), 'token.yaml')
  await west.skupperOk('token', 'create', token)
  await east.skupperOk('link', 'create', token, '--name', 'to-west')
  await east.skupperOk('expose', 'deployment/backend', '--port', '8080', '--protocol', 'tcp')
  await west.curlUntilAnswered(URL, ANSWER_MS)
  await rolledOut(west, east)
  return { west, east }
}

async function rolledOut(...sites: readonly ClusterNamespace[]): Promise<void> {
  const all = sites.map((site) => site.kubectl(['rollout', 'status', 'deployment', '--timeout=90s']))
  await Promise.all(all)
}

async function restart(site: ClusterNamespace, ...deployments: readonly string[]): Promise<void> {
  for (const deployment of deployments) {
    await site.kubectl(['rollout', 'restart', `deployment/${deployment}`])
    await site.kubectl(['rollout', 'status', `deployment/${deployment}`, '--timeout=90s'])
  }
}

async function podOf(site: ClusterNamespace, label: string): Promise<string> {
  const [pod] = (await site.kubectl(['get', 'pod', '-l', label, '-o', 'name'])).trim().split('\n')
  if (pod === undefined) throw new Error(`no pod has ${label}`)
  return pod
}

/** The load, and what is done while it runs. */
async function during(site: ClusterNamespace, seconds: number, task: () => Promise<void>): Promise<LoadResult> {
  const [result] = await Promise.all([steadyLoad(site, URL, { seconds }), task()])
  console.log(JSON.stringify({ test: expect.getState().currentTestName, ...result }))
  return result
}

const lostBy = ({ sent, answered }: LoadResult): number => sent - answered

describe.skipIf(CLUSTERS.length < 2)('under a steady load', () => {
  test('with two routers, both restarted one after the other in both sites, no request fails', async () => {
    const { west, east } = await linkedSites(2)
    const west_ = await during(west, 50, () => restart(west, ROUTER, `${ROUTER}-2`))
    expect(west_).toMatchObject({ failures: [] })
    const east_ = await during(west, 50, () => restart(east, ROUTER, `${ROUTER}-2`))
    expect(east_).toMatchObject({ failures: [] })
  })

  test('one of two backend pods deleted: no request fails', async () => {
    const { west, east } = await linkedSites(1)
    const result = await during(west, 13, async () => {
      await east.kubectl(['delete', await podOf(east, 'app=backend'), '--wait=false'])
    })
    expect(result).toMatchObject({ sent: 650, failures: [] })
  })

  test('with one router, restarted or its pod deleted, it is a moment', async () => {
    const { west, east } = await linkedSites(1)
    for (const site of [west, east]) {
      const restarted = await during(west, 25, () => restart(site, ROUTER))
      expect(restarted.longestGapMs).toBeLessThanOrEqual(1_500)
      const deleted = await during(west, 25, async () => {
        await site.kubectl(['delete', await podOf(site, `application=${ROUTER}`), '--wait=false'])
      })
      expect(deleted.longestGapMs).toBeLessThanOrEqual(3_000)
    }
    await eventually(async () => (await east.skupperOk('link', 'status')).includes('is connected'))
    expect(lostBy(await steadyLoad(west, URL, { seconds: 2 }))).toBe(0)
  })
})
