import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Agent } from 'node:https'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { MAX_BODY_BYTES } from '../../webhook/json-body.ts'
import { deployment } from '../support/exposable.ts'
import { eventually } from '../support/eventually.ts'
import { post, webhookServer } from '../support/webhook-server.ts'

const review = (object: unknown, uid = 'u1') =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      operation: 'CREATE',
      namespace: 'shop',
      object,
    },
  })

const exposed = deployment({ annotations: { 'skupper.io/expose': 'true' } })

it('answers, counts and logs a review, without the values of the object', async () => {
  const { server, ca, log, metrics } = await webhookServer()
  const answer = await post({ port: server.port, ca }, { body: review(exposed) })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toMatchObject({ response: { uid: 'u1', allowed: true, patchType: 'JSONPatch' } })
  const [line] = log.lines
  expect(line?.facts).toMatchObject({ audit: 'mutate', reason: 'exposed', outcome: 'changed' })
  expect(line?.facts['changed']).toContain('add /metadata/labels')
  const { text } = await metrics.page()
  expect(text).toContain('skupper_webhook_reviews_total{webhook="mutate",outcome="changed",reason="exposed"} 1')
})

it.each<[string, Parameters<typeof post>[1], number]>([
  ['no JSON', { body: '{' }, 400],
  ['no review', { body: '{}' }, 400],
  ['another version', { body: review(exposed).replace('k8s.io/v1', 'k8s.io/v1beta1') }, 400],
  ['another media type', { body: review(exposed), contentType: 'text/plain' }, 415],
  ['another path', { path: '/nothing', body: '' }, 404],
  ['another method', { method: 'PUT', body: '' }, 404],
  ['10 MB', { body: Buffer.alloc(10_000_000, ' ') }, 413],
])('answers %s with a sentence', async (_what, ...[posted, status]) => {
  const { server, ca } = await webhookServer()
  const answer = await post({ port: server.port, ca }, posted).catch((error: unknown) => error)
  // A body too large is not read to its end: the client may see its connection closed before the answer.
  if (answer instanceof Error) expect(status).toBe(413)
  else expect(answer).toMatchObject({ status, body: expect.stringContaining('message') as string })
})

it('takes a body just within its limit', async () => {
  const { server, ca } = await webhookServer()
  const filler = 'x'.repeat(MAX_BODY_BYTES - 10_000)
  const large = deployment({ annotations: { 'skupper.io/expose': 'true', filler } })
  expect((await post({ port: server.port, ca }, { body: review(large) })).status).toBe(200)
})

it('goes on while others are slow, silent or speak something else', async () => {
  const { server, ca } = await webhookServer()
  const silent = Array.from({ length: 50 }, () => connect(server.port, '127.0.0.1'))
  const slow = connectTls({ port: server.port, host: '127.0.0.1', ca })
  onTestFinished(() => {
    for (const socket of [...silent, slow]) socket.destroy()
  })
  await once(slow, 'secureConnect')
  slow.write('POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{')
  silent[0]?.write('GET / HTTP/1.1\r\n\r\n')
  expect((await post({ port: server.port, ca }, { body: review(exposed) })).status).toBe(200)
})

it('changes its certificate while reviews run on connections that stay', async () => {
  const { server, ca, newCertificate } = await webhookServer()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => {
    agent.destroy()
  })
  const ask = (uid: string, kept?: Agent) =>
    post({ port: server.port, ca }, { body: review(exposed, uid), ...(kept && { agent: kept }) })
  const before = await ask('a', agent)
  server.replaceCertificate(await newCertificate())
  expect(await ask('b', agent)).toMatchObject({ status: 200, certificate: before.certificate })
  const fresh = await ask('c')
  expect(fresh.status).toBe(200)
  expect(fresh.certificate).not.toBe(before.certificate)
})

it('answers what it has begun when it is told to end', async () => {
  const { server, ca } = await webhookServer()
  const slow = connectTls({ port: server.port, host: '127.0.0.1', ca })
  await once(slow, 'secureConnect')
  const body = review(exposed)
  const head = `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n`
  slow.write(head + body.slice(0, 10))
  let answer = ''
  slow.on('data', (chunk: Buffer) => (answer += chunk.toString()))
  const { port } = server
  await eventually(async () => (await post({ port, ca }, { body })).status === 200)
  const closed = server.close(5_000)
  slow.write(body.slice(10))
  await closed
  expect(answer).toContain('"uid":"u1"')
  await expect(post({ port, ca }, { body })).rejects.toThrow()
})
