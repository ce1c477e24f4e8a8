import { describe, expect, onTestFinished, test } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { CONFIG_MAP, MODEL_TYPES, NODE, POD, SECRET, SERVICE } from '../../core/kube/resource-types.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../core/model/annotation-names.ts'
import { controlledSite, uncontrolledSite, underControl } from '../support/controlled-site.ts'
import { eventually } from '../support/eventually.ts'
import { KUBECONFIG, serverAddress } from '../support/kube-cluster.ts'
import { remoteSite } from '../support/resources.ts'
import { siteObjects } from '../support/site-objects.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'

/** How long the API server is away; a minute and more where somebody takes the time. */
const AWAY_MS = Number(process.env['FAULT_AWAY_SECONDS'] ?? 3) * 1000
const LONG_MS = 60_000
const DEADLINE = { deadlineMs: 60_000 }
const TEST_MS = 180_000 + AWAY_MS
const API = 'skupper.io/v2alpha1'
const DAY_MS = 86_400_000
const SITES = 50

function resource(client: KubeClient, title: `${string} ${string}`, spec: object): Promise<KubeObject> {
  const [kind = '', name = ''] = title.split(' ')
  return client.apply({ apiVersion: API, kind, metadata: { name, namespace: client.namespace }, spec })
}

const listen = (client: KubeClient, name: string): Promise<unknown> =>
  resource(client, `Listener ${name}`, { routingKey: name, host: name, port: 80 })

/** A pod that no kubelet looks after: the test says how it fares. */
async function pod(client: KubeClient, name: string, { ip, app, node }: { ip: string; app: string; node?: string }) {
  await client.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: client.namespace, labels: { app } },
    spec: {
      ...(node === undefined ? {} : { nodeName: node, tolerations: [{ operator: 'Exists' }] }),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'app', image: 'localhost/none:0' }],
    },
  })
  const conditions = [{ type: 'Ready', status: 'True' }]
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions }
  await client.patch(POD, { name, subresource: 'status' }, { status })
}

/** A machine of the cluster that nobody hears from. It goes with the test. */
async function silentNode(admin: KubeClient, name: string): Promise<void> {
  await admin.create({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} })
  onTestFinished(async () => {
    await admin.delete(NODE, name)
  })
  const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() }]
  await admin.patch(NODE, { name, subresource: 'status' }, { status: { conditions } })
}

async function targets(client: KubeClient): Promise<string[]> {
  const connector = await client.get(MODEL_TYPES.Connector, 'backend')
  const status = connector?.['status'] as { selectedPods?: { name: string; ip: string }[] } | undefined
  return (status?.selectedPods ?? []).map(({ name, ip }) => `${name} ${ip}`)
}

async function hasTargets(client: KubeClient, wanted: readonly string[]): Promise<void> {
  await eventually(async () => {
    expect(await targets(client)).toEqual(wanted)
    return true
  }, DEADLINE)
}

const backend = (client: KubeClient): Promise<unknown> =>
  resource(client, 'Connector backend', { routingKey: 'backend', selector: 'app=backend', port: 8080 })

describe.skipIf(KUBECONFIG === undefined)('a site', { timeout: TEST_MS }, () => {
  test('sends nothing to an address that a pod had and another pod has now', async () => {
    const { admin } = await controlledSite()
    await backend(admin)
    await pod(admin, 'one', { ip: '10.9.0.1', app: 'backend' })
    await pod(admin, 'two', { ip: '10.9.0.2', app: 'backend' })
    await hasTargets(admin, ['one 10.9.0.1', 'two 10.9.0.2'])
    await admin.delete(POD, 'one')
    await pod(admin, 'other', { ip: '10.9.0.1', app: 'database' })
    await hasTargets(admin, ['two 10.9.0.2'])
    // One that ended is still listed, and its address is free for others.
    await admin.patch(POD, { name: 'two', subresource: 'status' }, { status: { phase: 'Succeeded' } })
    await pod(admin, 'three', { ip: '10.9.0.2', app: 'backend' })
    await hasTargets(admin, ['three 10.9.0.2'])
  })

  test('sends nothing to pods that Kubernetes says are of a lost node', async () => {
    const { admin } = await controlledSite()
    await backend(admin)
    await pod(admin, 'far', { ip: '10.9.0.3', app: 'backend' })
    await pod(admin, 'near', { ip: '10.9.0.4', app: 'backend' })
    await hasTargets(admin, ['far 10.9.0.3', 'near 10.9.0.4'])
    const conditions = [{ type: 'Ready', status: 'False', reason: 'NodeNotReady' }]
    await admin.patch(POD, { name: 'far', subresource: 'status' }, { status: { conditions } })
    await hasTargets(admin, ['near 10.9.0.4'])
  })

  test.skipIf(AWAY_MS < LONG_MS)('sends nothing to pods of a node that nobody hears from', async () => {
    const { admin } = await controlledSite()
    const lost = `${admin.namespace}-lost`
    await silentNode(admin, lost)
    await backend(admin)
    await pod(admin, 'far', { ip: '10.9.0.3', app: 'backend', node: lost })
    await hasTargets(admin, ['far 10.9.0.3'])
    // Kubernetes takes its time to miss it.
    await eventually(async () => (await targets(admin)).length === 0, { deadlineMs: 2 * LONG_MS })
  })

  test('stays as it is while the API server is away, says so, and then goes on', async () => {
    const proxy = await tcpProxy(await serverAddress())
    const { admin, controller, condition } = await controlledSite({
      server: `https://127.0.0.1:${String(proxy.port)}`,
      spec: { linkAccess: 'loadbalancer' },
    })
    await listen(admin, 'before')
    await eventually(async () => {
      expect(await admin.get(SERVICE, 'before')).toBeDefined()
      expect(await condition('Configured')).toBe('True OK')
      expect(await admin.get(SECRET, 'skupper-site-identity')).toBeDefined()
      return true
    }, DEADLINE)
    const before = [...(await siteObjects(admin)).keys()]
    await proxy.cut()
    await eventually(
      () => {
        const since = controller.staleSince
        return since !== undefined && Date.now() - since.getTime() >= AWAY_MS
      },
      { deadlineMs: AWAY_MS + 30_000 },
    )
    await listen(admin, 'after')
    await proxy.restore()
    await eventually(async () => (await admin.get(SERVICE, 'after')) !== undefined, DEADLINE)
    await eventually(() => controller.staleSince === undefined, DEADLINE)
    expect([...(await siteObjects(admin)).keys()]).toEqual(expect.arrayContaining(before))
  })

  test.each([
    ['a day ahead', DAY_MS],
    ['a day behind', -DAY_MS],
  ])('keeps everything where the next controller has a clock %s', async (_how, skewMs) => {
    const { admin, close } = await controlledSite({ spec: { linkAccess: 'loadbalancer' } })
    await listen(admin, 'web')
    await eventually(async () => (await admin.get(SECRET, 'skupper-site-identity')) !== undefined, DEADLINE)
    await close()
    const secrets = async () => (await admin.list(SECRET)).map(({ metadata, data }) => [metadata.name, data])
    const before = await secrets()
    const { condition } = await underControl(admin, { wall: () => Date.now() + skewMs })
    await listen(admin, 'later')
    await eventually(async () => {
      expect(await admin.get(SERVICE, 'later')).toBeDefined()
      expect((await admin.get(CONFIG_MAP, 'skupper-router'))?.data?.['ports.json']).toContain('later')
      expect(await condition('Configured')).toBe('True OK')
      return true
    }, DEADLINE)
    expect(await secrets()).toEqual(before)
  })

  test('that is deleted takes all that was made for it along, and nothing else', async () => {
    const admin = await uncontrolledSite({ spec: { linkAccess: 'loadbalancer', settings: { routers: '2' } } })
    const { namespace } = admin
    const mine = { namespace, labels: { [MANAGED_BY_LABEL]: MANAGED_BY, 'app.kubernetes.io/part-of': MANAGED_BY } }
    const data = { key: 'value' }
    await admin.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'users', ...mine }, data })
    await admin.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'users', namespace }, stringData: data })
    const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] }
    await admin.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec })
    await Promise.all([listen(admin, 'web'), listen(admin, 'made'), backend(admin)])
    const users = [...(await siteObjects(admin)).keys()].filter((key) => key !== 'Site here')
    await underControl(admin)
    await eventually(async () => {
      const made = await siteObjects(admin)
      expect([...made.keys()]).toEqual(
        expect.arrayContaining([
          ...['Deployment skupper-router', 'Service made', 'Secret skupper-site-identity', 'ConfigMap skupper-router'],
          ...['RouterAccess skupper-router', 'Secret skupper-local-ca', 'PodDisruptionBudget skupper-router'],
        ]),
      )
      return true
    }, DEADLINE)
    const site = await admin.get(MODEL_TYPES.Site, 'here')
    const made = [...(await siteObjects(admin))].filter(([key]) => !users.includes(key) && key !== 'Site here')
    // The cluster itself removes what the Site owns, also where no controller runs; the rest is the store's.
    const byStore =
      /^(RouterAccess|Secret skupper-(local|site|grant)-(ca|server|client)|Secret skupper-grant-server-ca)/
    for (const [key, { metadata }] of made) {
      const owners = (metadata.ownerReferences ?? []).map(({ kind, uid }) => `${kind} ${uid}`)
      if (!byStore.test(key)) expect({ key, owners }).toEqual({ key, owners: [`Site ${site?.metadata.uid ?? ''}`] })
      else
        expect({ key, [MANAGED_BY_LABEL]: metadata.labels?.[MANAGED_BY_LABEL] }).toEqual({
          key,
          [MANAGED_BY_LABEL]: MANAGED_BY,
        })
    }
    await admin.delete(MODEL_TYPES.Site, 'here')
    await eventually(async () => {
      expect([...(await siteObjects(admin)).keys()].sort()).toEqual(users.sort())
      return true
    }, DEADLINE)
  })

  test(`has ${String(SITES)} links and knows ${String(SITES)} sites`, async () => {
    const { admin, condition, resources } = await controlledSite({ spec: { linkAccess: 'loadbalancer' } })
    await eventually(async () => (await condition('Configured')) === 'True OK', DEADLINE)
    const began = performance.now()
    const names = Array.from({ length: SITES }, (_, at) => `site-${String(at)}`)
    const ca = (await admin.get(SECRET, 'skupper-local-client'))?.data ?? {}
    for (const name of names) {
      const metadata = { name: `link-${name}`, namespace: admin.namespace }
      await admin.create({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data: ca })
      const endpoints = [{ name: 'inter-router', host: `${name}.invalid`, port: '55671' }]
      await resource(admin, `Link link-${name}`, { endpoints, tlsCredentials: `link-${name}`, cost: 1 })
    }
    await resources.applyRuntimeAll(names.map((name) => remoteSite(name, { reachable: true })))
    const written = performance.now()
    await eventually(async () => {
      const remote = (await resources.list('RemoteSite')).map(({ status }) => status)
      expect(remote.filter((status) => status?.unreachableSince !== undefined)).toHaveLength(SITES)
      const config = (await admin.get(CONFIG_MAP, 'skupper-router'))?.data?.['skrouterd.json'] ?? ''
      for (const name of names) expect(config).toContain(`${name}.invalid`)
      const links = await admin.list(MODEL_TYPES.Link)
      expect(links.filter((link) => link['status'] !== undefined)).toHaveLength(SITES)
      return true
    }, DEADLINE)
    const took = (ms: number): string => `${String(Math.round(ms))} ms`
    process.stdout.write(
      `${String(SITES)} links: written in ${took(written - began)}, configured ${took(performance.now() - written)} ` +
        `after, heap ${String(Math.round(process.memoryUsage().heapUsed / 2 ** 20))} MiB\n`,
    )
  })
})
