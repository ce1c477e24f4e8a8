import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anotherNamespace, CLUSTERS, sharedNamespaces } from '../support/cluster/clusters.ts'
import { nodeAddress, type ClusterNamespace } from '../support/cluster/kubectl.ts'
import { deployment, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ANSWER_MS = 30_000
const EXPOSED = ['--port', '8080', '--protocol', 'tcp']

/** Pods that call, and pods that answer with a name that begins so. */
const workloads = (name: string): string => FRONTEND + deployment({ name, image: 'backend', replicas: 1, port: 8080 })

/** Links `from` to `to`, with a name, as users do. */
async function link(from: ClusterNamespace, to: ClusterNamespace, name: string): Promise<void> {
  const token = join(await temporaryDirectory(), 'token.yaml')
  await to.skupperOk('token', 'create', token)
  await from.skupperOk('link', 'create', token, '--name', name)
  expect(await from.skupperOk('link', 'status', name)).toBe(`Link ${name} is connected\n`)
}

/** What a Deployment of one site answers is called in the other, both ways. */
async function serveEachOther(here: ClusterNamespace, there: ClusterNamespace, names: [string, string]): Promise<void> {
  await Promise.all([
    here.skupperOk('expose', `deployment/${names[0]}`, ...EXPOSED),
    there.skupperOk('expose', `deployment/${names[1]}`, ...EXPOSED),
  ])
  const answers = [
    there.curlUntilAnswered(`http://${names[0]}:8080/`, ANSWER_MS),
    here.curlUntilAnswered(`http://${names[1]}:8080/`, ANSWER_MS),
  ]
  expect(await Promise.all(answers)).toEqual(names.map((name) => expect.stringMatching(`^${name}-`) as string))
}

const connectedTo = (site: ClusterNamespace, sites: string): Promise<unknown> =>
  eventually(
    async () => {
      expect(await site.skupperOk('status')).toContain(`It is connected to ${sites}.`)
      return true
    },
    { deadlineMs: ANSWER_MS },
  )

/** An interior site that is reached by a port of a node, and edge sites in the other cluster. */
async function hubAndEdge([hub, edge]: ClusterNamespace[]) {
  if (hub === undefined || edge === undefined) throw new Error('two clusters are needed')
  await Promise.all([
    hub.skupperOk('init', '--site-name', 'hub', '--ingress', 'nodeport', '--ingress-host', await nodeAddress(hub)),
    edge.skupperOk('init', '--site-name', 'edge', '--router-mode', 'edge'),
    hub.apply(workloads('in-hub')),
    edge.apply(workloads('in-edge')),
  ])
  return { hub, edge }
}

describe.skipIf(CLUSTERS.length < 2)('sites of all kinds', () => {
  const sites = sharedNamespaces(2, hubAndEdge)

  test('an edge site is linked by a port of a node; services go both ways', async () => {
    const { hub, edge } = sites()
    await link(edge, hub, 'to-hub')
    await connectedTo(edge, '1 other site')
    await connectedTo(hub, '1 other site')
    await serveEachOther(hub, edge, ['in-hub', 'in-edge'])
    expect(await edge.skupperOk('status')).toContain('in edge mode')
    const refused = await edge.skupper('token', 'create', join(await temporaryDirectory(), 'token.yaml'))
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Edge configuration cannot accept') as string,
    })
  })

  test('a site without a way in links to one that only its own cluster reaches', async () => {
    const { hub } = sites()
    const [inner, closed] = await Promise.all([anotherNamespace(hub), anotherNamespace(hub)])
    await Promise.all([
      inner.skupperOk('init', '--site-name', 'inner', '--ingress', 'local'),
      closed.skupperOk('init', '--site-name', 'closed', '--ingress', 'none'),
      inner.apply(workloads('in-inner')),
      closed.apply(workloads('in-closed')),
    ])
    await link(closed, inner, 'to-inner')
    await serveEachOther(inner, closed, ['in-inner', 'in-closed'])
    expect(await inner.kubectl(['get', 'service', '-o', 'jsonpath={.items[*].spec.type}'])).not.toMatch(
      /NodePort|LoadBalancer/,
    )
    const refused = await closed.skupper('token', 'create', join(await temporaryDirectory(), 'token.yaml'))
    expect(refused.code).toBe(1)

    // One direct, one behind it: then three that are all direct.
    await link(closed, hub, 'to-hub')
    await connectedTo(closed, '3 other sites (1 indirectly)')
    await connectedTo(inner, '3 other sites (2 indirectly)')
    await link(inner, hub, 'to-hub')
    await connectedTo(inner, '3 other sites (1 indirectly)')
    await connectedTo(hub, '3 other sites')

    for (const site of [inner, closed]) {
      await site.skupperOk('delete')
      const left = () => site.kubectl(['get', 'deployment,service,pod', '-o', 'name'])
      // Pods may take their time to end.
      await eventually(async () => !(await left()).includes('skupper'), { deadlineMs: ANSWER_MS })
    }
    await connectedTo(hub, '1 other site')
  })
})
