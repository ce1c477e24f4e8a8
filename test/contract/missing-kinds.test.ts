import { describe, expect, onTestFinished, test } from 'vitest'
import { crds } from '../../core/kube/crds.ts'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { CUSTOM_RESOURCE_DEFINITION, DEPLOYMENT, MODEL_TYPES, SERVICE } from '../../core/kube/resource-types.ts'
import type { Kind } from '../../core/model/resource.ts'
import { controlledSite, siteObject, uncontrolledSite, underControl } from '../support/controlled-site.ts'
import { eventually } from '../support/eventually.ts'
import { KUBECONFIG } from '../support/kube-cluster.ts'

const DEADLINE = { deadlineMs: 60_000 }
const TEST_MS = 180_000

async function install(admin: KubeClient, kind: Kind): Promise<void> {
  const [crd] = crds().filter(({ metadata }) => metadata.name === `${MODEL_TYPES[kind].plural}.skupper.io`)
  if (crd === undefined) throw new Error(`there is no definition of ${kind}`)
  await admin.apply(crd)
  await eventually(() => admin.serves(MODEL_TYPES[kind]), DEADLINE)
}

/** Takes a kind away, with all that there is of it; it is back when the test has finished. */
async function remove(admin: KubeClient, kind: Kind): Promise<void> {
  onTestFinished(() => install(admin, kind))
  await admin.delete(CUSTOM_RESOURCE_DEFINITION, `${MODEL_TYPES[kind].plural}.skupper.io`)
  await eventually(async () => !(await admin.serves(MODEL_TYPES[kind])), DEADLINE)
}

function listen(client: KubeClient, name: string): Promise<unknown> {
  const metadata = { name, namespace: client.namespace }
  const spec = { routingKey: name, host: name, port: 80 }
  return eventually(
    () => client.apply({ apiVersion: 'skupper.io/v2alpha1', kind: 'Listener', metadata, spec }),
    DEADLINE,
  )
}

describe.skipIf(KUBECONFIG === undefined)('a site controller', { timeout: TEST_MS }, () => {
  test('in a cluster that lacks a kind does the rest and says so, until the kind is there', async () => {
    const admin = await uncontrolledSite()
    await remove(admin, 'RemoteSite')
    const { condition } = await underControl(admin)
    await listen(admin, 'web')
    await eventually(async () => {
      expect(await admin.get(SERVICE, 'web')).toBeDefined()
      expect(await condition('ResourcesValid')).toMatch(/^False .*The cluster does not know RemoteSite .*skupper crds/)
      return true
    }, DEADLINE)
    await install(admin, 'RemoteSite')
    await eventually(async () => (await condition('ResourcesValid')) === 'True OK', DEADLINE)
  })

  test('says which kind was taken away, keeps everything else, and takes it up when it is back', async () => {
    const { admin, condition } = await controlledSite()
    await listen(admin, 'web')
    await eventually(async () => (await admin.get(SERVICE, 'web')) !== undefined, DEADLINE)
    await remove(admin, 'Listener')
    await eventually(async () => {
      expect(await condition('ResourcesValid')).toMatch(/^False .*The cluster does not know Listener/)
      expect(await admin.get(SERVICE, 'web')).toBeUndefined()
      expect(await admin.get(DEPLOYMENT, 'skupper-router')).toBeDefined()
      return true
    }, DEADLINE)
    await install(admin, 'Listener')
    await listen(admin, 'again')
    await eventually(async () => {
      expect(await condition('ResourcesValid')).toBe('True OK')
      expect(await admin.get(SERVICE, 'again')).toBeDefined()
      return true
    }, DEADLINE)
  })

  test('in a cluster without Sites says what is missing, and begins when there is one', async () => {
    const admin = await uncontrolledSite()
    await remove(admin, 'Site')
    const { log } = await underControl(admin)
    await eventually(() => log.all('err').join().includes('The cluster does not know Site'), DEADLINE)
    await install(admin, 'Site')
    await eventually(() => admin.create(siteObject('here', { namespace: admin.namespace })), DEADLINE)
    await eventually(async () => (await admin.get(DEPLOYMENT, 'skupper-router')) !== undefined, DEADLINE)
  })
})
