import { describe, expect, test } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { DEPLOYMENT, MODEL_TYPES, SECRET, SERVICE } from '../../core/kube/resource-types.ts'
import { apiServerProxy, type ApiServerProxy, type Intervention } from '../support/api-server-proxy.ts'
import { controllerAccount, uncontrolledSite } from '../support/controlled-site.ts'
import { compiledController, controllerStarter, type ControllerProcess } from '../support/controller-process.ts'
import { eventually } from '../support/eventually.ts'
import { KUBECONFIG } from '../support/kube-cluster.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { comparable, siteObjects } from '../support/site-objects.ts'

/** How often the controller is killed. */
const KILLS = Number(process.env['FAULT_KILLS'] ?? 6)
/** Another one for each day; a run is repeated with the one that it printed. */
const SEED = Number(process.env['FAULT_SEED'] ?? Math.floor(Date.now() / 86_400_000))
const DEADLINE = { deadlineMs: 60_000 }
/** A killed controller has written between none of what it wanted to and this many of it. */
const MOST_WRITES = 12
const TEST_MS = 120_000 + KILLS * 10_000

const random = seededRandom(SEED)
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T

/** What users do to a namespace while its controller is killed again and again. */
type Deed = (client: KubeClient) => Promise<unknown>

const listener = (name: string, port: number): Deed => {
  return (client) => {
    const metadata = { name, namespace: client.namespace }
    return client.apply({ ...LISTENER, metadata, spec: { routingKey: name, host: name, port } })
  }
}
const LISTENER = { apiVersion: 'skupper.io/v2alpha1', kind: 'Listener' }

const connector: Deed = (client) => {
  const metadata = { name: 'backend', namespace: client.namespace }
  const spec = { routingKey: 'web-0', host: '10.0.0.9', port: 8080 }
  return client.apply({ ...LISTENER, kind: 'Connector', metadata, spec })
}

const DEEDS: readonly Deed[] = [
  connector,
  (client) => client.delete(MODEL_TYPES.Listener, 'web-1'),
  (client) => client.delete(SECRET, 'skupper-router-credentials'),
  (client) => client.delete(SECRET, 'skupper-local-server'),
  (client) => client.delete(DEPLOYMENT, 'skupper-router'),
  (client) => client.delete(SERVICE, 'skupper-router-local'),
  (client) => settings(client, { routers: '2' }),
  (client) => settings(client, { routers: null }),
  (client) => settings(client, { 'create-network-policy': 'true' }),
  (client) => client.delete(MODEL_TYPES.RouterAccess, 'skupper-router'),
]

function settings(client: KubeClient, values: Record<string, string | null>): Promise<unknown> {
  return client.patch(MODEL_TYPES.Site, { name: 'here' }, { spec: { settings: values } })
}

/** Kills at the nth write from now on: before the API server hears of it, or before the controller hears the answer. */
function killing(kill: () => void, { write, moment }: { write: number; moment: 'before' | 'after' }): Intervention {
  let writes = 0
  return {
    before: ({ isWrite }) => {
      if (isWrite) writes += 1
      if (!isWrite || writes < write || moment === 'after') return undefined
      kill()
      return { status: 503, body: '{}' }
    },
    after: ({ isWrite }) => {
      if (!isWrite || writes < write) return true
      kill()
      return false
    },
  }
}

async function killOnce(start: () => ControllerProcess, proxy: ApiServerProxy): Promise<string> {
  const write = 1 + Math.floor(random() * MOST_WRITES)
  const moment = pick(['before', 'after'] as const)
  const controller = start()
  proxy.intervene(
    killing(
      () => {
        controller.kill()
      },
      { write, moment },
    ),
  )
  expect(await controller.ended, controller.output).toBe('SIGKILL')
  return `${moment} write ${String(write)}`
}

/** What is made once and kept: the first that was seen of each. */
class KeptSecrets {
  readonly #first = new Map<string, unknown>()

  async look(client: KubeClient): Promise<void> {
    for (const name of ['skupper-local-ca', 'skupper-site-identity']) {
      const found = (await client.get(SECRET, name))?.data
      if (found === undefined) continue
      if (!this.#first.has(name)) this.#first.set(name, found)
      expect(found, `${name} is another one`).toEqual(this.#first.get(name))
    }
  }

  get names(): string[] {
    return [...this.#first.keys()].sort()
  }
}

describe.skipIf(KUBECONFIG === undefined)('a site controller that is killed', () => {
  test('at any point, again and again, ends where one that was not killed ends', { timeout: TEST_MS }, async () => {
    process.stdout.write(`FAULT_SEED=${String(SEED)} FAULT_KILLS=${String(KILLS)}\n`)
    const spec = { linkAccess: 'loadbalancer' }
    const [calm, troubled] = await Promise.all([uncontrolledSite({ spec }), uncontrolledSite({ spec })])
    const both = (deed: Deed) => Promise.all([deed(calm), deed(troubled)])
    const [quietProxy, proxy] = await Promise.all([
      apiServerProxy(controllerAccount(calm.namespace)),
      apiServerProxy(controllerAccount(troubled.namespace)),
    ])
    const compiled = await compiledController()
    const [startCalm, start] = await Promise.all([
      controllerStarter({ server: quietProxy.server, namespace: calm.namespace, compiled }),
      controllerStarter({ server: proxy.server, namespace: troubled.namespace, compiled }),
    ])
    for (let at = 0; at < 3; at += 1) await both(listener(`web-${String(at)}`, 80 + at))
    startCalm()
    const points: string[] = []
    const kept = new KeptSecrets()
    for (let kill = 0; kill < KILLS; kill += 1) {
      // The first pass is the longest: it takes several controllers to get through it.
      if (kill > KILLS / 3) await both(kill % 2 === 0 ? pick(DEEDS) : listener(`web-${String(kill)}`, 8000 + kill))
      points.push(await killOnce(start, proxy))
      await kept.look(troubled)
    }
    proxy.intervene({})
    const last = start()
    await eventually(async () => {
      const [wanted, found] = await Promise.all([siteObjects(calm), siteObjects(troubled)])
      expect(found.get('Deployment skupper-router'), points.join()).toBeDefined()
      expect(comparable(found), points.join()).toEqual(comparable(wanted))
      return true
    }, DEADLINE)
    await kept.look(troubled)
    expect(kept.names).toEqual(['skupper-local-ca', 'skupper-site-identity'])

    await both((client) => client.delete(MODEL_TYPES.Site, 'here'))
    await eventually(async () => {
      const [wanted, found] = await Promise.all([siteObjects(calm), siteObjects(troubled)])
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort())
      expect([...found.keys()].filter((key) => !/^(Listener|Connector|ConfigMap skupper)/.test(key))).toEqual([])
      return true
    }, DEADLINE)
    expect(last.output).not.toContain('"level":"error"')
  })
})
