import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import { backend, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ANSWER_MS = 20_000

describe.skipIf(CLUSTERS.length < 2)('two clusters', () => {
  test('are linked; what one exposes is called in the other, until the link is deleted, and again after', async () => {
    const [cloud, private_] = await clusterNamespaces(2)
    if (cloud === undefined || private_ === undefined) throw new Error('two clusters are needed')
    const token = join(await temporaryDirectory(), 'cluster1-token.yaml')
    const url = 'http://backend:8080/'

    await cloud.skupperOk('init', '--site-name', 'public-cloud')
    await private_.skupperOk('init', '--site-name', 'private-datacenter')
    expect(await cloud.skupperOk('status')).toBe(
      `Skupper is enabled for namespace "${cloud.name}" in interior mode.\nIt is connected to 0 other sites.\n`,
    )

    await cloud.skupperOk('token', 'create', token)
    await private_.skupperOk('link', 'create', token, '--name', 'link-to-public')
    expect(await private_.skupperOk('link', 'status')).toBe('Link link-to-public is connected\n')

    await Promise.all([private_.apply(backend(2)), cloud.apply(FRONTEND)])
    await private_.skupperOk('expose', 'deployment/backend', '--port', '8080', '--protocol', 'http')
    expect(await cloud.curlUntilAnswered(url, ANSWER_MS)).toMatch(/^backend-/)
    await eventually(async () => /backend:8080 +│ http +│ 2 /.test(await cloud.skupperOk('service', 'status')), {
      deadlineMs: ANSWER_MS,
    })

    await private_.skupperOk('link', 'delete', 'link-to-public')
    await eventually(
      () =>
        cloud.curl(url).then(
          () => false,
          () => true,
        ),
      { deadlineMs: ANSWER_MS },
    )
    await private_.skupperOk('link', 'create', token, '--name', 'link-to-public')
    expect(await cloud.curlUntilAnswered(url, ANSWER_MS)).toMatch(/^backend-/)

    await private_.kubectl([
      'annotate',
      'deployment',
      'backend',
      'skupper.io/expose=http',
      'skupper.io/address=annotated',
    ])
    expect(await cloud.curlUntilAnswered('http://annotated:8080/', ANSWER_MS)).toMatch(/^backend-/)
    await private_.kubectl(['annotate', 'deployment', 'backend', 'skupper.io/expose-'])
    await eventually(
      () =>
        cloud.curl('http://annotated:8080/').then(
          () => false,
          () => true,
        ),
      { deadlineMs: ANSWER_MS },
    )

    await private_.skupperOk('delete')
    await cloud.skupperOk('delete')
  })
})
