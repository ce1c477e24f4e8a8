import { execFile } from 'node:child_process'
import { parseArgs, promisify } from 'node:util'
import { connect } from '../../core/kube/kube-config.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { MUTATING_WEBHOOK, NAMESPACE } from '../../core/kube/resource-types.ts'
import { WEBHOOK } from '../../core/kube/webhook/webhook-name.ts'

// `node bench/admission-cluster/main.ts --kubeconfig FILE`: what the webhook adds to writes at a real API server. Run it with
// the webhook installed and without; objects without an annotation are not sent to it.

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, objects: { type: 'string', default: '200' } },
})
const { kubeconfig } = values
if (kubeconfig === undefined) throw new Error('--kubeconfig is missing')
const OBJECTS = Number(values.objects)
const WARM_UP = 20
const ANNOTATED = { 'skupper.io/expose': 'http' }
const PLAIN = { 'example.com/owner': 'shop' }

const namespace = `bench-${String(Date.now())}`
const client = await connect({ kubeconfig, namespace, fieldManager: 'bench', env: {} })
const webhook = (await client.get(MUTATING_WEBHOOK, WEBHOOK)) !== undefined
await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
try {
  await creations('warm', ANNOTATED, WARM_UP)
  for (const [name, annotations] of Object.entries({ plain: PLAIN, annotated: ANNOTATED })) {
    const times = await creations(name, annotations, OBJECTS)
    const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(1))
    const applied = await applications(name, annotations)
    console.log(JSON.stringify({ webhook, name, p50: at(0.5), p99: at(0.99), kubectlApplyPerObject: applied }))
  }
} finally {
  await client.delete(NAMESPACE, namespace)
  client.close()
}

/** Milliseconds of each creation, sorted. */
async function creations(name: string, annotations: object, count: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const before = performance.now()
    await client.create(deployment(`${name}-${String(i)}`, annotations))
    times.push(performance.now() - before)
  }
  return times.sort((a, b) => a - b)
}

/** Milliseconds for each object of one `kubectl apply`. */
async function applications(name: string, annotations: object): Promise<number> {
  const items = Array.from({ length: OBJECTS }, (_, i) => deployment(`${name}-applied-${String(i)}`, annotations))
  const before = performance.now()
  const running = promisify(execFile)('kubectl', [
    '--kubeconfig',
    kubeconfig ?? '',
    '-n',
    namespace,
    'apply',
    '-f',
    '-',
  ])
  running.child.stdin?.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  await running
  return Number(((performance.now() - before) / OBJECTS).toFixed(1))
}

/** One without pods. */
function deployment(name: string, annotations: object): KubeObject {
  const container = { name: 'web', image: 'web:v1', ports: [{ containerPort: 8080 }] }
  const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: { ...annotations } },
    spec: { replicas: 0, selector: { matchLabels: { app: name } }, template },
  }
}
