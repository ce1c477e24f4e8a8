import { describe, expect, test } from 'vitest'
import { CLUSTERS } from '../support/cluster/clusters.ts'
import { InstalledWebhook } from '../support/cluster/installed-webhook.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { linkedSites, linkSites, twoNamespaces, type TwoClusters } from '../support/cluster/linked-sites.ts'
import { FRONTEND, service, workload } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'

const ANSWER_MS = 30_000
const DEADLINE = { deadlineMs: ANSWER_MS }

/** One object of each kind, each asked for in another way. */
const OBJECTS = [
  { object: 'deployment/web', expose: 'true', url: 'http://web:8080/', answer: /^web-/ },
  { object: 'service/api', expose: 'http', url: 'http://api/', answer: /^web-/ },
  { object: 'statefulset/db', expose: 'tcp', url: 'http://db:8080/', answer: /^db-0/ },
  { object: 'daemonset/agent', expose: 'http2', url: 'http://agent:8080/', answer: /^agent-/ },
]

describe.skipIf(CLUSTERS.length < 2)('annotated objects of linked clusters', () => {
  test('answer in the other cluster, change, and are withdrawn: with the webhook and while it is stopped', async () => {
    const { east, west } = await linkedSites()
    const webhook = await InstalledWebhook.in(west)
    await Promise.all([east.apply(FRONTEND), west.apply(workloads())])

    await followsAnnotations(east, west)
    expect(await keysOf(west, 'deployment/web')).toEqual([])
    await webhook.stop()
    await followsAnnotations(east, west)
  })

  test('follow policies as these come and go', async () => {
    const { east, west } = await linkedSites()
    await InstalledWebhook.in(west)
    await Promise.all([east.apply(FRONTEND), west.apply(workloads())])
    await followsExposurePolicies(east, west)
    await followsClusterPolicies({ east, west })
  })

  test("as Skupper v1's manifests have them, from before there was a site", async () => {
    const namespaces = await twoNamespaces()
    const { east, west } = namespaces
    await InstalledWebhook.in(west)
    await Promise.all([east.apply(FRONTEND), west.apply(V1_MANIFESTS)])
    await linkSites(namespaces)
    for (const url of V1_URLS) expect(await answered(east, url)).toMatch(/^(web|db|agent)-/)
    const spec = await west.kubectl(['get', 'service', 'front', '-o', 'jsonpath={.spec.selector}'])
    expect(spec).toBe('{"app":"web"}')

    await west.kubectl(['annotate', '--overwrite', 'deployment/web', 'skupper.io/port=8080'])
    await silent(east, 'http://web:9090/')
    await west.kubectl(['annotate', '--overwrite', 'deployment/web', 'skupper.io/proxy=tcp'])
    expect(await answered(east, 'http://web:8080/')).toMatch(/^web-/)
    for (const object of ['deployment/web', 'statefulset/db', 'daemonset/agent', 'service/front']) {
      await west.kubectl(['annotate', object, 'skupper.io/proxy-'])
    }
    for (const url of V1_URLS) await silent(east, url)
  })
})

async function followsAnnotations(east: ClusterNamespace, west: ClusterNamespace): Promise<void> {
  for (const { object, expose } of OBJECTS) await west.kubectl(['annotate', object, `skupper.io/expose=${expose}`])
  for (const { url, answer } of OBJECTS) expect(await answered(east, url)).toMatch(answer)

  await west.kubectl([
    'annotate',
    '--overwrite',
    'deployment/web',
    'skupper.io/address=shop',
    'skupper.io/port=80:8080',
  ])
  expect(await answered(east, 'http://shop/')).toMatch(/^web-/)
  await silent(east, 'http://web:8080/')

  await west.kubectl(['annotate', 'deployment/web', 'skupper.io/address-', 'skupper.io/port-'])
  for (const { object } of OBJECTS) await west.kubectl(['annotate', object, 'skupper.io/expose-'])
  for (const { url } of [...OBJECTS, { url: 'http://shop/' }]) await silent(east, url)
}

/** What is under these addresses answers with HTTP/1; only `agent` speaks HTTP/2. */
function answered(from: ClusterNamespace, url: string): Promise<string> {
  return eventually(() => curl(from, url), DEADLINE)
}

async function silent(from: ClusterNamespace, url: string): Promise<void> {
  const isSilent = () =>
    curl(from, url).then(
      () => false,
      () => true,
    )
  await eventually(isSilent, DEADLINE)
}

function curl(from: ClusterNamespace, url: string): Promise<string> {
  const version = url.includes('agent') ? ['--http2-prior-knowledge'] : []
  return from.kubectl(['exec', 'deployment/frontend', '--', 'curl', '-sSf', '--max-time', '3', ...version, url])
}

/** Only Skupper v1's keys. */
const V1_MANIFESTS =
  workload({ name: 'web', annotations: 'skupper.io/proxy: http, skupper.io/port: "8080:8080,9090:8080"' }) +
  workload({ kind: 'StatefulSet', name: 'db', annotations: 'skupper.io/proxy: tcp' }) +
  workload({ kind: 'DaemonSet', name: 'agent', annotations: 'skupper.io/proxy: tcp, skupper.io/address: v1-daemon' }) +
  service({ name: 'front', of: 'web', annotations: 'skupper.io/proxy: http, skupper.io/address: front-v1' })
const V1_URLS = [
  'http://web:8080/',
  'http://web:9090/',
  'http://db:8080/',
  'http://v1-daemon:8080/',
  'http://front-v1/',
]

function workloads(): string {
  return (
    workload({ name: 'web' }) +
    workload({ kind: 'StatefulSet', name: 'db' }) +
    workload({ kind: 'DaemonSet', name: 'agent', speaks: 'h2c' }) +
    service({ name: 'api', of: 'web' })
  )
}

/** The keys of ours that an object has. */
async function keysOf(place: ClusterNamespace, object: string): Promise<string[]> {
  const { metadata } = JSON.parse(await place.kubectl(['get', object, '-o', 'json'])) as {
    metadata: { annotations?: object; labels?: object }
  }
  const keys = [...Object.keys(metadata.annotations ?? {}), ...Object.keys(metadata.labels ?? {})]
  return keys.filter((key) => key.startsWith('skupper.io/'))
}

const EXPOSURE_POLICY = (namespace: string, dryRun: boolean) => `
apiVersion: skupper.io/v2alpha1
kind: ExposurePolicy
metadata: {name: ${namespace}}
spec:
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}
  kinds: [Service]
  address: '{name}-{label:tier}'
  ports: [80]
  dryRun: ${String(dryRun)}
`

async function followsExposurePolicies(east: ClusterNamespace, west: ClusterNamespace): Promise<void> {
  const url = 'http://api-front/'
  await west.kubectl(['label', 'service/api', 'tier=front'])
  await west.kubectl(['apply', '-f', '-'], EXPOSURE_POLICY(west.name, true))
  const explained = () => west.skupperOk('policy', 'explain', 'service/api')
  expect(await explained()).toMatch(/is not exposed[\s\S]*\(only reports\) selects it/)
  expect(await west.skupperOk('policy', 'list')).toContain('(only reports)')
  await expect(curl(east, url)).rejects.toThrow()

  await west.kubectl(['apply', '-f', '-'], EXPOSURE_POLICY(west.name, false))
  expect(await answered(east, url)).toMatch(/^web-/)
  expect(await explained()).toContain(
    `is exposed as api-front:80 http (deduced: port 80), by ExposurePolicy ${west.name}`,
  )
  await west.kubectl(['annotate', 'service/api', 'skupper.io/expose=false'])
  await silent(east, url)
  await west.kubectl(['annotate', 'service/api', 'skupper.io/expose-'])
  expect(await answered(east, url)).toMatch(/^web-/)
  await west.kubectl(['delete', 'exposurepolicy', west.name])
  await silent(east, url)
}

async function followsClusterPolicies({ east, west }: TwoClusters): Promise<void> {
  const url = 'http://web:8080/'
  await west.kubectl(['annotate', 'deployment/web', 'skupper.io/proxy=http'])
  expect(await answered(east, url)).toMatch(/^web-/)
  expect((await west.skupper('policy', 'install', '--v1')).stderr).toContain('--yes')
  await west.skupperOk('policy', 'install', '--v1', '--yes')
  try {
    await silent(east, url)
    await eventually(
      async () => (await linkStatus(west)).includes('not connected (Policy validation error: outgoing link to'),
      DEADLINE,
    )
    await west.kubectl(['apply', '-f', '-'], CLUSTER_POLICY(west.name, ['*']))
    await eventually(async () => (await linkStatus(west)).includes('is connected'), DEADLINE)
    expect(await answered(east, url)).toMatch(/^web-/)
    expect(await west.skupperOk('debug', 'policies')).toMatch(/AllowedServices +│ \^web\$ +│ all/)
    await west.kubectl(['apply', '-f', '-'], CLUSTER_POLICY(west.name, ['deployment/other']))
    await silent(east, url)
    await west.kubectl(['apply', '-f', '-'], CLUSTER_POLICY(west.name, ['deployment/web']))
    expect(await answered(east, url)).toMatch(/^web-/)
  } finally {
    await west.kubectl(['delete', 'crd', 'skupperclusterpolicies.skupper.io'])
  }
  expect(await answered(east, url)).toMatch(/^web-/)
}

const CLUSTER_POLICY = (namespace: string, resources: string[]) => `
apiVersion: skupper.io/v1alpha1
kind: SkupperClusterPolicy
metadata: {name: all}
spec:
  namespaces: [${namespace}]
  allowIncomingLinks: true
  allowedOutgoingLinksHostnames: ['*']
  allowedExposedResources: ${JSON.stringify(resources)}
  allowedServices: ['^web$']
`

async function linkStatus(place: ClusterNamespace): Promise<string> {
  const { stdout } = await place.skupper('link', 'status')
  return stdout
}
