import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { installCrds } from '../../core/kube/crds.ts'
import { errorCode } from '../../core/kube/errors.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { connect } from '../../core/kube/kube-config.ts'
import { openKubeStore, type KubeStore } from '../../core/kube/kube-store.ts'
import { MODEL_TYPES, SECRET } from '../../core/kube/resource-types.ts'
import { SYNCED_LABEL } from '../../core/model/annotation-names.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import { parseResource } from '../../core/model/resource.ts'
import type { Secret } from '../../core/model/secret.ts'
import { eventually } from '../support/eventually.ts'
import { clusterClient, KUBECONFIG, namespaceClient, serverAddress } from '../support/kube-cluster.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'

const API = 'skupper.io/v2alpha1'

function listener(name: string, port = 80): Listener {
  return { apiVersion: API, kind: 'Listener', metadata: { name }, spec: { routingKey: `${name}:80`, host: name, port } }
}

function remoteSite(name: string, version: string): RemoteSite {
  return { apiVersion: API, kind: 'RemoteSite', metadata: { name }, spec: {}, status: { siteId: name, version } }
}

function storeOf(client: KubeClient, cached: boolean): KubeStore {
  const store = openKubeStore({ client, cached })
  onTestFinished(() => {
    store.close()
  })
  return store
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, errorCode)
}

async function versionOf(client: KubeClient, name: string): Promise<string | undefined> {
  return (await client.get(MODEL_TYPES.Listener, name))?.metadata.resourceVersion
}

describe.skipIf(KUBECONFIG === undefined).each([{ cached: true }, { cached: false }])(
  'store at an API server, cached: $cached',
  ({ cached }) => {
    beforeAll(async () => {
      const client = await connect({ kubeconfig: KUBECONFIG, fieldManager: 'skupper-test', env: {} })
      await installCrds(client)
      client.close()
    })

    test('keeps the wish and the status apart, and writes only changes', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      await store.apply(listener('web'))
      const read = await store.get('Listener', 'web')
      expect(read?.spec).toEqual(listener('web').spec)
      const view = { ...listener('web', 81), metadata: read?.metadata ?? { name: 'web' }, status: { status: 'Ready' } }
      await store.applyRuntime(view)
      const after = await store.get('Listener', 'web')
      expect([after?.spec.port, after?.status]).toEqual([80, { status: 'Ready' }])
      const version = await versionOf(client, 'web')
      await store.applyRuntime(view)
      await store.apply(after ?? listener('web'))
      expect(await versionOf(client, 'web')).toBe(version)
      expect((await store.list('Listener')).map(({ metadata }) => metadata.name)).toEqual(['web'])
      expect(await store.delete('Listener', 'web')).toBe(true)
      expect(await store.delete('Listener', 'web')).toBe(false)
      expect(await store.list('Listener')).toEqual([])
    })

    test('makes, changes and removes what is the controller’s own', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      await store.applyRuntimeAll([remoteSite('a', '1'), remoteSite('b', '1')])
      expect((await store.snapshot()).resources.map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
      await store.applyRuntime(remoteSite('a', '2'))
      expect((await store.get('RemoteSite', 'a'))?.status?.version).toBe('2')
      const synced = { ...listener('far'), metadata: { name: 'far', labels: { [SYNCED_LABEL]: 'true' } } }
      await store.applyRuntime(synced)
      await store.applyRuntime({ ...synced, spec: { ...synced.spec, port: 8080 } })
      expect((await store.get('Listener', 'far'))?.spec.port).toBe(8080)
      expect(await store.deleteRuntime('Listener', 'far')).toBe(true)
      expect(await store.get('Listener', 'far')).toBeUndefined()
      await store.apply(listener('mine'))
      expect(await store.deleteRuntime('Listener', 'mine')).toBe(false)
      expect(await store.get('Listener', 'mine')).toBeDefined()
    })

    test('brings nothing back that was removed, and takes over nothing of a user', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      await store.apply(listener('gone'))
      const read = await store.get('Listener', 'gone')
      await client.delete(MODEL_TYPES.Listener, 'gone')
      await store.applyRuntime({ ...listener('gone'), metadata: read?.metadata ?? { name: 'gone' }, status: {} })
      expect(await client.get(MODEL_TYPES.Listener, 'gone')).toBeUndefined()
      const other = await clusterClient({ namespace: client.namespace, fieldManager: 'somebody' })
      await other.apply(parsedObject(listener('theirs')))
      await store.applyRuntime(listener('theirs', 9999)).catch(() => undefined)
      expect((await client.get(MODEL_TYPES.Listener, 'theirs'))?.['spec']).toEqual(listener('theirs').spec)
    })

    test('keeps credentials in Secrets, and the user’s before ours', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      const full = { ca: 'CA', certificate: 'CERT', key: 'KEY' }
      await store.putCredentials('ours', full)
      expect(await store.credentials('ours')).toEqual(full)
      expect((await client.get(SECRET, 'ours'))?.type).toBe('kubernetes.io/tls')
      expect(await store.isCertificateSupplied('ours')).toBe(false)
      await store.putCredentials('ours', { ca: 'CA ONLY' })
      expect(await store.credentials('ours')).toEqual({ ca: 'CA ONLY' })
      expect((await client.get(SECRET, 'ours'))?.type).toBe('Opaque')
      await client.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'users' },
        type: 'Opaque',
        data: { 'ca.crt': 'Q0E=' },
      })
      await eventually(() => store.isIssuerSupplied('users'))
      expect(await codeOf(store.putIssuer('users', full))).toBe('store/supplied')
      expect(await store.issuer('users')).toEqual({ ca: 'CA' })
      expect(await store.deleteIssuer('users')).toBe(false)
      expect(await store.deleteCredentials('ours')).toBe(true)
      expect(await store.credentials('ours')).toBeUndefined()
      expect(await store.deleteCredentials('ours')).toBe(false)
    })

    test('a ledger that somebody wrote meanwhile is a conflict', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      const ledger = (code: string, metadata: Secret['metadata']): Secret => {
        return { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, data: { code } }
      }
      await store.applyRuntime(ledger('YQ==', { name: 'grant-code', labels: { 'internal.skupper.io/grant': 'u' } }))
      const read = await store.get('Secret', 'grant-code')
      expect(read?.data).toEqual({ code: 'YQ==' })
      const metadata = read?.metadata ?? { name: '' }
      await store.applyRuntime(ledger('Yg==', metadata))
      expect(await codeOf(store.applyRuntime(ledger('Yw==', metadata)))).toBe('store/conflict')
      expect((await store.snapshot()).resources.map(({ metadata: { name } }) => name)).toEqual(['grant-code'])
      expect(await store.deleteRuntime('Secret', 'grant-code')).toBe(true)
    })

    test('tells of what is not sound, and keeps the rest', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      const bad = {
        ...parsedObject(listener('bad')),
        spec: { ...listener('bad').spec, settings: { 'protocol-deduced': 'x' } },
      }
      await client.apply(bad)
      await store.apply(listener('good'))
      await eventually(async () => {
        const { resources, problems } = await store.snapshot()
        expect(resources.map(({ metadata }) => metadata.name)).toEqual(['good'])
        expect(problems).toEqual([expect.objectContaining({ file: 'Listener/bad' })])
        return true
      })
    })

    test('says where the namespace is gone', async () => {
      const client = await clusterClient({ namespace: 'there-is-no-such-namespace' })
      const store = storeOf(client, cached)
      expect(await codeOf(store.applyRuntime(remoteSite('a', '1')))).toBe('store/no-namespace')
      expect(await codeOf(store.apply(listener('a')))).toBe('store/no-namespace')
    })

    test('tells of changes, by whomever', async () => {
      const client = await namespaceClient()
      const store = storeOf(client, cached)
      const control = new AbortController()
      let told = 0
      store.watch(() => {
        told += 1
      }, control.signal)
      await eventually(() => told > 0)
      const before = told
      await client.apply(parsedObject(listener('seen')))
      await eventually(() => told > before)
      await eventually(async () => (await store.get('Listener', 'seen')) !== undefined)
      control.abort()
    })
  },
)

describe.skipIf(KUBECONFIG === undefined)('store at an API server', () => {
  test('goes on where the API server was away, and says since when it has not heard', async () => {
    const proxy = await tcpProxy(await serverAddress())
    const direct = await namespaceClient()
    const { namespace } = direct
    const client = await clusterClient({
      namespace,
      server: `https://127.0.0.1:${String(proxy.port)}`,
      deadlineMs: 1000,
    })
    const store = storeOf(client, true)
    await store.apply(listener('one'))
    await eventually(async () => (await store.list('Listener')).length === 1 && store.stale().length === 0)
    await proxy.cut()
    await eventually(() => store.stale().length > 0)
    expect((await store.list('Listener')).map(({ metadata }) => metadata.name)).toEqual(['one'])
    await direct.apply(parsedObject(listener('two')))
    await direct.delete(MODEL_TYPES.Listener, 'one')
    await proxy.restore()
    await eventually(async () => {
      expect((await store.list('Listener')).map(({ metadata }) => metadata.name)).toEqual(['two'])
      return true
    })
    await eventually(() => store.stale().length === 0, { deadlineMs: 20_000 })
  })

  test('names what is not permitted', async () => {
    const { namespace } = await namespaceClient()
    const client = await clusterClient({ namespace, as: `system:serviceaccount:${namespace}:limited` })
    for (const cached of [true, false]) {
      const error: unknown = await storeOf(client, cached)
        .snapshot()
        .catch((thrown: unknown) => thrown)
      expect(errorCode(error)).toBe('kube/forbidden')
      expect(String(error)).toMatch(/list \w+(\.skupper\.io)? in namespace/)
    }
  })

  test('holds 2,000 Listeners', async () => {
    const client = await namespaceClient()
    const store = storeOf(client, true)
    const names = Array.from({ length: 2000 }, (_, at) => `svc-${String(at)}`)
    const began = performance.now()
    await store.applyRuntimeAll(names.map((name) => listener(name)))
    const applied = performance.now()
    const second = storeOf(client, true)
    expect((await second.list('Listener')).length).toBe(2000)
    const listed = performance.now()
    await second.snapshot()
    const read = performance.now()
    await store.applyRuntimeAll((await store.list('Listener')).map((each) => ({ ...each })))
    const again = performance.now()
    process.stdout.write(
      `2000 Listeners: written in ${ms(applied - began)}, listed in ${ms(listed - applied)}, ` +
        `snapshot in ${ms(read - listed)}, nothing to change in ${ms(again - read)}, ` +
        `heap ${String(Math.round(process.memoryUsage().heapUsed / 2 ** 20))} MiB\n`,
    )
  }, 180_000)
})

function ms(milliseconds: number): string {
  return `${String(Math.round(milliseconds))} ms`
}

function parsedObject(resource: Listener) {
  const { name, labels, annotations } = parseResource(resource).metadata
  return { ...resource, metadata: { name, labels, annotations } }
}
