import { describe, expect, test } from 'vitest'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import { eventually } from '../support/eventually.ts'

const STATUSES = ['status', 'link status', 'service status', 'network status']

describe.skipIf(CLUSTERS.length === 0)('a status', () => {
  test('says since when it is old where the controller does not run, and only then', async () => {
    const [site] = await clusterNamespaces(1)
    if (site === undefined) throw new Error('a cluster is needed')
    await site.skupperOk('init', '--site-name', 'here', '--ingress', 'none')
    for (const status of STATUSES) expect((await site.skupper(...status.split(' '))).stderr).toBe('')

    await site.kubectl(['scale', 'deployment/skupper-site-controller', '--replicas=0'])
    for (const status of STATUSES) {
      await eventually(async () => {
        const { stderr, code } = await site.skupper(...status.split(' '))
        expect(stderr).toMatch(
          /^The site controller is not heard from since \d{4}-\S+Z: what is shown is as of then\.\n$/,
        )
        expect(code).toBe(0)
        return true
      })
    }
  })
})
