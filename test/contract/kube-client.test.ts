import { describe, expect, test } from 'vitest'
import { errorCode } from '../../core/kube/errors.ts'
import type { KubeEvent } from '../../core/kube/kube-watch.ts'
import type { ConfigMap } from '../../core/kube/library-objects.ts'
import { CONFIG_MAP, DEPLOYMENT, NODE, SECRET, SERVICE } from '../../core/kube/resource-types.ts'
import { eventually } from '../support/eventually.ts'
import { clusterClient, KUBECONFIG, namespaceClient, serverAddress } from '../support/kube-cluster.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'

const NOWHERE = { apiVersion: 'nowhere.example/v1', kind: 'Nothing', plural: 'nothings', namespaced: true }

function configMap(name: string, data: Record<string, string>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, errorCode)
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe.skipIf(KUBECONFIG === undefined)('KubeClient', () => {
  test('applies, reads, lists and deletes', async () => {
    const client = await namespaceClient()
    const applied = await client.apply(configMap('one', { a: '1', b: '2' }))
    expect(applied.metadata.uid).toBeDefined()
    expect((await client.get(CONFIG_MAP, 'one'))?.data).toEqual({ a: '1', b: '2' })
    await client.apply(configMap('one', { a: '1' }))
    expect((await client.get(CONFIG_MAP, 'one'))?.data).toEqual({ a: '1' })
    const names = (await client.list(CONFIG_MAP)).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(names).toContain('ConfigMap one')
    expect(await client.delete(CONFIG_MAP, 'one')).toBe(true)
    expect(await client.delete(CONFIG_MAP, 'one')).toBe(false)
    expect(await client.get(CONFIG_MAP, 'one')).toBeUndefined()
  })

  test('leaves the fields of others alone', async () => {
    const client = await namespaceClient()
    const other = await clusterClient({ namespace: client.namespace, fieldManager: 'somebody-else' })
    await other.apply(configMap('shared', { theirs: '1' }))
    await client.apply(configMap('shared', { ours: '2' }))
    await client.apply({ ...configMap('shared', {}), data: undefined })
    expect((await client.get(CONFIG_MAP, 'shared'))?.data).toEqual({ theirs: '1' })
  })

  test('brings nothing back that was deleted: a uid is a condition', async () => {
    const client = await namespaceClient()
    const { metadata } = await client.apply(configMap('gone', { a: '1' }))
    await client.delete(CONFIG_MAP, 'gone')
    const again = { ...configMap('gone', { a: '2' }), metadata: { name: 'gone', uid: metadata.uid } }
    expect(await codeOf(client.apply(again))).toBe('kube/replaced')
    await client.apply(configMap('gone', { a: '3' }))
    expect(await codeOf(client.apply(again))).toBe('kube/replaced')
    expect(await codeOf(client.delete(CONFIG_MAP, 'gone', { uid: metadata.uid }))).toBe('kube/replaced')
    expect((await client.get(CONFIG_MAP, 'gone'))?.data).toEqual({ a: '3' })
  })

  test('tells a conflict from an object that is there already', async () => {
    const client = await namespaceClient()
    const first = await client.create(configMap('contested', { a: '1' }))
    expect(await codeOf(client.create(configMap('contested', {})))).toBe('kube/exists')
    await client.replace({ ...first, data: { a: '2' } })
    expect(await codeOf(client.replace({ ...first, data: { a: '3' } }))).toBe('kube/conflict')
    expect((await client.patch(CONFIG_MAP, { name: 'contested' }, { data: { a: null, b: '4' } })).data).toEqual({
      b: '4',
    })
  })

  test('says what is wrong with what the server refuses', async () => {
    const client = await namespaceClient()
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'bad' },
      spec: { ports: [{ port: 70_000 }] },
    }
    const error = await errorOf(client.apply(service))
    expect(errorCode(error)).toBe('kube/invalid')
    expect(String(error)).toMatch(/Service bad in namespace .*70000/s)
    expect(await codeOf(client.apply({ apiVersion: 'v1', kind: 'Nonsense', metadata: { name: 'x' } }))).toBe(
      'kube/unknown-kind',
    )
    expect(await codeOf(client.get(CONFIG_MAP, '../secrets'))).toBe('kube/invalid')
  })

  test('tells a missing type and a missing namespace from a missing object', async () => {
    const client = await namespaceClient()
    expect(await codeOf(client.list(NOWHERE))).toBe('kube/no-crd')
    expect(await codeOf(client.get(NOWHERE, 'one'))).toBe('kube/no-crd')
    expect(await client.serves(NOWHERE)).toBe(false)
    expect(await client.serves(DEPLOYMENT)).toBe(true)
    expect(await client.serves(SERVICE)).toBe(true)
    const lost = await clusterClient({ namespace: 'there-is-no-such-namespace' })
    expect(await codeOf(lost.apply(configMap('one', {})))).toBe('kube/no-namespace')
    expect(await lost.list(CONFIG_MAP)).toEqual([])
  })

  test('names verb and resource that are not permitted', async () => {
    const { namespace } = await namespaceClient()
    const limited = await clusterClient({ namespace, as: `system:serviceaccount:${namespace}:limited` })
    const error = await errorOf(limited.apply(configMap('one', {})))
    expect(errorCode(error)).toBe('kube/forbidden')
    expect(String(error)).toContain(`patch configmaps in namespace ${namespace}`)
    expect(String(await errorOf(limited.applyStatus(deployment())))).toContain('patch deployments.apps/status')
    expect(String(await errorOf(limited.list(NODE)))).toContain('list nodes is not permitted')
    expect(await limited.canI({ verb: 'get', group: '', resource: 'secrets' })).toBe(false)
    const admin = await clusterClient({ namespace })
    expect(await admin.canI({ verb: 'get', group: '', resource: 'pods/log' })).toBe(true)
  })

  test('lists in pages', async () => {
    const client = await namespaceClient()
    await Promise.all(Array.from({ length: 620 }, (_, at) => client.create(configMap(`m-${String(at)}`, {}))))
    const items = await client.list(CONFIG_MAP)
    expect(items.filter(({ metadata }) => metadata.name.startsWith('m-'))).toHaveLength(620)
    expect(await client.list(CONFIG_MAP, { labelSelector: 'app=none' })).toEqual([])
  })

  test('watches from a version on, and says where that is too old', async () => {
    const client = await namespaceClient()
    const { resourceVersion } = await client.page(CONFIG_MAP)
    const events: KubeEvent<ConfigMap>[] = []
    const control = new AbortController()
    const onEvent = (event: KubeEvent<ConfigMap>) => events.push(event)
    const watching = client.watch(CONFIG_MAP, { resourceVersion, signal: control.signal, onEvent })
    await client.apply(configMap('seen', { a: '1' }))
    await client.apply(configMap('seen', { a: '2' }))
    await client.delete(CONFIG_MAP, 'seen')
    const seen = () => events.filter(({ object }) => object.metadata.name === 'seen').map(({ type }) => type)
    await eventually(() => {
      expect(seen()).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
      return true
    })
    control.abort()
    await watching
    const { signal } = new AbortController()
    expect(await codeOf(client.watch(CONFIG_MAP, { resourceVersion: '1', signal, onEvent }))).toBe('kube/gone')
  })

  test('tries again while the API server is away for a moment', async () => {
    const proxy = await tcpProxy(await serverAddress())
    const client = await namespaceClient({ server: `https://127.0.0.1:${String(proxy.port)}` })
    await client.apply(configMap('one', { a: '1' }))
    await proxy.cut()
    const writing = client.apply(configMap('one', { a: '2' }))
    await proxy.restore()
    expect((await writing).data).toEqual({ a: '2' })
  })

  test('says so when the API server stays away, or stays silent', async () => {
    const proxy = await tcpProxy(await serverAddress())
    const server = `https://127.0.0.1:${String(proxy.port)}`
    const client = await clusterClient({ server, deadlineMs: 1000 })
    expect(await client.serverVersion()).toMatch(/^v1\./)
    proxy.freeze()
    expect(await codeOf(client.get(SECRET, 'one'))).toBe('kube/timeout')
    await proxy.cut()
    const error = await errorOf(client.get(SECRET, 'one'))
    expect(errorCode(error)).toBe('kube/unreachable')
    expect(String(error)).toContain(server)
  })

  test('ends a watch that hears nothing', async () => {
    const proxy = await tcpProxy(await serverAddress())
    const client = await namespaceClient({ server: `https://127.0.0.1:${String(proxy.port)}` })
    const { resourceVersion } = await client.page(CONFIG_MAP)
    const { signal } = new AbortController()
    const onOpen = () => {
      proxy.freeze()
    }
    const onEvent = () => undefined
    const watching = client.watch(CONFIG_MAP, { resourceVersion, signal, onEvent, onOpen, maxSilenceMs: 200 })
    expect(await codeOf(watching)).toBe('kube/unreachable')
  })
})

function deployment() {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'one' }, status: {} }
}
