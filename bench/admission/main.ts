import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { accepting, freePort, startChild } from '../child.ts'
import { cpuSeconds } from '../processes.ts'

// `node bench/admission/main.ts`: what a review costs beside a webhook that allows everything.

const { values } = parseArgs({
  options: { reviews: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '3' } },
})
const REVIEWS = Number(values.reviews)
const WARM_UP = 300
/** As many as an API server has under way at once for a `kubectl apply` of a directory. */
const CONCURRENCY = 4

const CASES = [
  { name: 'echo', args: ['--peer', 'echo'], annotated: true },
  { name: 'ours, annotated, 0 policies', args: ['--policies', '0'], annotated: true },
  { name: 'ours, annotated, 10 policies', args: ['--policies', '10'], annotated: true },
  { name: 'ours, annotated, 200 policies', args: ['--policies', '200'], annotated: true },
  { name: 'ours, plain, 0 policies', args: ['--policies', '0'], annotated: false },
  { name: 'ours, plain, 10 policies', args: ['--policies', '10'], annotated: false },
  { name: 'ours, plain, 200 policies', args: ['--policies', '200'], annotated: false },
]

for (let round = 1; round <= Number(values.rounds); round++) {
  for (const each of CASES) console.log(JSON.stringify({ round, ...(await measure(each)) }))
}

async function measure({ name, args, annotated }: (typeof CASES)[number]) {
  const port = await freePort()
  const program = join(import.meta.dirname, 'server.ts')
  const child = await startChild(process.execPath, [program, ...args, '--port', String(port)])
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY, rejectUnauthorized: false })
  try {
    await accepting(port)
    const body = JSON.stringify(review(annotated))
    await run(WARM_UP, () => post(port, agent, body))
    const [cpuBefore, before] = [cpuSeconds([child.pid]), performance.now()]
    const times = await run(REVIEWS, () => post(port, agent, body))
    const seconds = (performance.now() - before) / 1000
    const cpu = cpuSeconds([child.pid]) - cpuBefore
    times.sort((a, b) => a - b)
    const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(2))
    return {
      name,
      p50: at(0.5),
      p99: at(0.99),
      perSecond: Math.round(REVIEWS / seconds),
      cpuMsPer1000: Math.round((cpu * 1e6) / REVIEWS),
    }
  } finally {
    agent.destroy()
    await child.stop()
  }
}

/** Milliseconds of each call. */
async function run(count: number, call: () => Promise<void>): Promise<number[]> {
  const times: number[] = []
  let left = count
  const worker = async () => {
    while (left-- > 0) {
      const before = performance.now()
      await call()
      times.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return times
}

function post(port: number, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const call = request({ host: '127.0.0.1', port, agent, path: '/mutate', method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`status ${String(response.statusCode)}`))
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** A Deployment of a usual size. */
function review(annotated: boolean): object {
  const env = Array.from({ length: 20 }, (_, i) => ({ name: `SETTING_${String(i)}`, value: 'x'.repeat(40) }))
  const container = { name: 'web', image: 'web:v1', ports: [{ containerPort: 8080 }], env }
  const annotations = { 'example.com/owner': 'shop', ...(annotated && { 'skupper.io/expose': 'true' }) }
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', annotations, labels: { app: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    },
  }
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' }
  const asked = { uid: 'u', kind, operation: 'CREATE', namespace: 'shop', name: 'web', userInfo: { username: 'x' } }
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { ...asked, object, oldObject: null } }
}
