import { describe, expect, test } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { CONFIG_MAP, DEPLOYMENT, MODEL_TYPES, SERVICE } from '../../core/kube/resource-types.ts'
import { apiServerProxy, type Answer, type ProxiedRequest } from '../support/api-server-proxy.ts'
import { controllerAccount, uncontrolledSite, underControl } from '../support/controlled-site.ts'
import { eventually } from '../support/eventually.ts'
import { KUBECONFIG } from '../support/kube-cluster.ts'
import { seededRandom } from '../support/seeded-random.ts'

const DEADLINE = { deadlineMs: 60_000 }
const TEST_MS = 180_000
/** No API server knows what changed since its first day. */
const LONG_AGO = '1'
/** A third of all writes, so that a pass seldom gets through as a whole. */
const CONFLICTS = 1 / 3
const SEED = Number(process.env['FAULT_SEED'] ?? 1)

/** A site whose controller asks through a proxy. */
async function proxiedSite() {
  const admin = await uncontrolledSite({ spec: { linkAccess: 'none' } })
  const proxy = await apiServerProxy(controllerAccount(admin.namespace))
  return { admin, proxy, begin: () => underControl(admin, { server: proxy.server }) }
}

function listen(client: KubeClient, name: string): Promise<unknown> {
  const metadata = { name, namespace: client.namespace }
  const spec = { routingKey: name, host: name, port: 80 }
  return client.apply({ apiVersion: 'skupper.io/v2alpha1', kind: 'Listener', metadata, spec })
}

async function hasService(client: KubeClient, name: string): Promise<boolean> {
  return (await client.get(SERVICE, name)) !== undefined
}

/** Lists of types, each counted once for all its pages. */
function lists(seen: readonly ProxiedRequest[]): string[] {
  return seen
    .filter(({ method, url, isWatch }) => method === 'GET' && !isWatch && url.searchParams.has('limit'))
    .map(({ url }) => url.pathname)
}

describe.skipIf(KUBECONFIG === undefined)('a site controller', { timeout: TEST_MS }, () => {
  test('whose watches are too old sees what it missed, and asks for everything once', async () => {
    const { admin, proxy, begin } = await proxiedSite()
    await Promise.all([listen(admin, 'before'), listen(admin, 'removed')])
    const { log } = await begin()
    await eventually(async () => (await hasService(admin, 'before')) && (await hasService(admin, 'removed')), DEADLINE)

    // From here on nothing is heard; then the API server itself answers that it is too late to ask.
    const watched = new Set<string>()
    let isAway = true
    const listed = lists(proxy.seen).length
    proxy.intervene({
      before: ({ isWatch, url }) => {
        if (!isWatch) return undefined
        if (isAway) return { status: 503, body: '' }
        if (!watched.has(url.pathname)) url.searchParams.set('resourceVersion', LONG_AGO)
        watched.add(url.pathname)
        return undefined
      },
    })
    proxy.cutWatches()
    await listen(admin, 'after')
    await admin.delete(MODEL_TYPES.Listener, 'removed')
    await admin.delete(DEPLOYMENT, 'skupper-router')
    isAway = false
    await eventually(async () => {
      expect(await hasService(admin, 'after')).toBe(true)
      expect(await hasService(admin, 'removed')).toBe(false)
      expect(await admin.get(DEPLOYMENT, 'skupper-router')).toBeDefined()
      return true
    }, DEADLINE)
    expect(log.all('reason').join('\n')).toMatch(/too old|resource version/i)
    const again = lists(proxy.seen).slice(listed)
    const times = [...new Set(again)].map((path) => again.filter((each) => each === path).length)
    // A kind may be watched twice, by the store and by what exposes annotated objects.
    expect(Math.max(...times)).toBeLessThanOrEqual(3)
  })

  test.each<[string, Answer]>([
    [
      'with its reason',
      { status: 409, body: '{"kind":"Status","code":409,"reason":"Conflict","message":"try again"}' },
    ],
    ['bare', { status: 409, body: '' }],
  ])('gets through conflicts, each said %s', async (_how, conflict) => {
    const { admin, proxy, begin } = await proxiedSite()
    const random = seededRandom(SEED)
    let conflicts = 0
    proxy.intervene({
      before: ({ isWrite }) => {
        if (!isWrite || random() > CONFLICTS) return undefined
        conflicts += 1
        return conflict
      },
    })
    const { condition } = await begin()
    await Promise.all(['one', 'two', 'three'].map((name) => listen(admin, name)))
    await eventually(async () => {
      for (const name of ['one', 'two', 'three']) expect(await hasService(admin, name)).toBe(true)
      expect(await admin.get(DEPLOYMENT, 'skupper-router')).toBeDefined()
      expect((await admin.get(CONFIG_MAP, 'skupper-router'))?.data?.['ports.json']).toContain('three')
      expect(await condition('Configured')).toBe('True OK')
      return true
    }, DEADLINE)
    expect(conflicts).toBeGreaterThan(3)
  })

  test('says what a conflict that stays is about, and goes on with the rest', async () => {
    const { admin, proxy, begin } = await proxiedSite()
    const isRouterService = ({ isWrite, url }: ProxiedRequest) =>
      isWrite && url.pathname.endsWith('/skupper-router-local')
    proxy.intervene({ before: (request) => (isRouterService(request) ? { status: 409, body: '' } : undefined) })
    const { condition } = await begin()
    await listen(admin, 'web')
    await eventually(async () => {
      expect(await condition('Configured')).toMatch(/^False Cannot patch Service skupper-router-local in namespace/)
      expect(await hasService(admin, 'web')).toBe(true)
      return true
    }, DEADLINE)
    proxy.intervene({})
    await eventually(async () => (await condition('Configured')) === 'True OK', DEADLINE)
  })
})
