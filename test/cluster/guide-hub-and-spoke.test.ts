import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { backend, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const TEST_MS = 300_000
const ANSWER_MS = 20_000
const URL = 'http://backend:8080/'

describe.skipIf(CLUSTERS.length < 3)('hub and spoke', () => {
  test('a spoke calls another through the hub, but not while its link is deleted', { timeout: TEST_MS }, async () => {
    const [hub, near, far] = await clusterNamespaces(3)
    if (hub === undefined || near === undefined || far === undefined) throw new Error('three clusters are needed')
    const token = join(await temporaryDirectory(), 'hub-token.yaml')
    await Promise.all([
      hub.skupperOk('init', '--site-name', 'hub'),
      near.skupperOk('init', '--site-name', 'near', '--ingress', 'none'),
      far.skupperOk('init', '--site-name', 'far', '--ingress', 'none'),
      far.apply(backend(2)),
      near.apply(FRONTEND),
    ])
    await hub.skupperOk('token', 'create', token, '--uses', '2')
    for (const spoke of [near, far]) await spoke.skupperOk('link', 'create', token, '--name', 'to-hub')
    expect(await hub.skupperOk('link', 'status')).toBe(
      'Incoming link from far is connected\nIncoming link from near is connected\n',
    )
    await eventually(async () => {
      expect(await near.skupperOk('status')).toBe(
        `Skupper is enabled for namespace "${near.name}" in interior mode.\nIt is connected to 2 other sites (1 indirectly).\n`,
      )
      return true
    })

    await far.skupperOk('expose', 'deployment/backend', '--port', '8080', '--protocol', 'http')
    expect(await near.curlUntilAnswered(URL, ANSWER_MS)).toMatch(/^backend-/)
    const network = await hub.skupperOk('network', 'status')
    expect([...network.matchAll(/site name: (.*)/g)].map(([, name]) => name).sort()).toEqual(['far', 'hub', 'near'])
    expect(await near.skupperOk('debug', 'check', 'backend')).toContain('backend')

    await far.skupperOk('link', 'delete', 'to-hub')
    await eventually(() => isRefused(near), { deadlineMs: ANSWER_MS })
    // A token is good for whom it was good before: also for a controller that has forgotten everything.
    await far.kubectl(['delete', 'pod', '-l', 'app.kubernetes.io/name=skupper-site-controller'])
    await far.skupperOk('link', 'create', token, '--name', 'to-hub')
    expect(await far.skupperOk('link', 'status')).toBe('Link to-hub is connected\n')
    expect(await near.curlUntilAnswered(URL, ANSWER_MS)).toMatch(/^backend-/)
  })
})

async function isRefused(place: ClusterNamespace): Promise<boolean> {
  return place.curl(URL).then(
    () => false,
    () => true,
  )
}
