import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CLUSTERS, anotherNamespace, clusterNamespaces } from '../support/cluster/clusters.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { deployment, FRONTEND } from '../support/cluster/workloads.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** A directory with the CustomResourceDefinitions of Skupper v2. */
const FOREIGN = process.env['SKUPPER_V2_CRDS'] ?? ''
const ANSWER_MS = 30_000
const WAIT = '--timeout=90s'
const SITE = `---
apiVersion: skupper.io/v2alpha1
kind: Site
metadata: {name: theirs}
spec: {linkAccess: default}
`

async function definitions(place: ClusterNamespace): Promise<string[]> {
  const names = await place.kubectl(['get', 'crd', '-o', 'name'])
  return names.split('\n').filter((name) => name.endsWith('.skupper.io'))
}

/** Takes away whatever there is, with all objects of those kinds: what another test needs, its `init` installs. */
async function removeDefinitions(place: ClusterNamespace): Promise<void> {
  const there = await definitions(place)
  if (there.length > 0) await place.kubectl(['delete', ...there, WAIT])
}

const generations = (place: ClusterNamespace): Promise<string> =>
  place.kubectl([
    ...['get', 'crd', '-l', 'test.skupper.io/theirs=true', '-o'],
    'jsonpath={range .items[*]}{.metadata.name} {.metadata.generation} {.metadata.uid}{"\\n"}{end}',
  ])

describe.skipIf(CLUSTERS.length === 0 || FOREIGN === '')("beside Skupper v2's own kinds", () => {
  test('sites are made and linked, their definitions stay as they are, and their Sites are left alone', async () => {
    const [east] = await clusterNamespaces(1)
    if (east === undefined) throw new Error('one cluster is needed')
    const [west, theirs, unclaimed] = await Promise.all([0, 1, 2].map(() => anotherNamespace(east)))
    if (west === undefined || theirs === undefined || unclaimed === undefined) throw new Error('three more are needed')
    await removeDefinitions(east)
    onTestFinished(() => removeDefinitions(east))
    await east.kubectl(['apply', '--server-side', '-f', FOREIGN])
    await east.kubectl([
      'label',
      'crd',
      ...(await definitions(east)).map((name) => name.replace(/.*\//, '')),
      'test.skupper.io/theirs=true',
    ])
    await east.kubectl(['wait', '--for=condition=Established', 'crd', '--all', WAIT])
    const before = await generations(east)
    expect(before).toContain('sites.skupper.io')

    await theirs.kubectl(['create', 'configmap', 'skupper', '--from-literal=controller=skupper/skupper-controller'])
    await Promise.all([theirs, unclaimed].map((place) => place.apply(SITE)))
    await east.apply(FRONTEND)
    const made = await east.skupper('init', '--site-name', 'east', '--ingress', 'local')
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('sites.skupper.io') as string })
    await west.skupperOk('init', '--site-name', 'west', '--ingress', 'none')
    await west.apply(deployment({ name: 'backend', replicas: 1, port: 8080 }))
    const token = join(await temporaryDirectory(), 'token.yaml')
    await east.skupperOk('token', 'create', token)
    await west.skupperOk('link', 'create', token, '--name', 'to-east')
    await west.skupperOk('expose', 'deployment/backend', '--port', '8080', '--protocol', 'tcp')
    expect(await east.curlUntilAnswered('http://backend:8080/', ANSWER_MS)).toMatch(/^backend-/)
    expect(await east.skupperOk('service', 'status')).toContain('backend:8080')
    expect(await west.skupperOk('link', 'status')).toBe('Link to-east is connected\n')

    expect(await theirs.skupper('init')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another controller') as string,
    })
    expect(await generations(east)).toBe(before)
    for (const place of [theirs, unclaimed]) {
      expect(await place.kubectl(['get', 'site', 'theirs', '-o', 'jsonpath={.status}'])).toBe('')
      expect(await place.kubectl(['get', 'deployment,service', '-o', 'name'])).toBe('')
    }
    await Promise.all([east.skupperOk('delete'), west.skupperOk('delete')])
    expect(await generations(east)).toBe(before)
  })
})
