import { beforeEach, expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { decodeMessage, encodeMessage } from '../../../../router/amqp/message.ts'
import type { DecodedMessage, Message } from '../../../../router/amqp/message.ts'
import { ManagementClient } from '../../../../router/management/client.ts'

/** A router that answers what the test says, and notes what it was asked. */
class FakeRouter {
  readonly asked: { address: string; message: DecodedMessage; deadlineMs: number | undefined }[] = []
  readonly answers: Message[] = []
  closed = 0

  request(address: string, message: Message, options?: { deadlineMs?: number }): Promise<DecodedMessage> {
    this.asked.push({ address, message: decodeMessage(encodeMessage(message)), deadlineMs: options?.deadlineMs })
    const answer = this.answers.shift()
    if (answer === undefined) return Promise.reject(new SkupperError('amqp/timeout', 'no answer'))
    return Promise.resolve(decodeMessage(encodeMessage(answer)))
  }

  close(): Promise<void> {
    this.closed += 1
    return Promise.resolve()
  }

  answer(statusCode: number, body: unknown, statusDescription = ''): void {
    this.answers.push({ applicationProperties: { statusCode, statusDescription }, body })
  }
}

let router = new FakeRouter()
let client = new ManagementClient(router, { deadlineMs: 500 })

beforeEach(() => {
  router = new FakeRouter()
  client = new ManagementClient(router, { deadlineMs: 500 })
})

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test('query gives the set attributes of each entity', async () => {
  router.answer(200, {
    attributeNames: ['name', 'cost', 'sslProfile'],
    results: [
      ['a', 1, null],
      ['b', 2, 'p'],
    ],
  })
  const entities = await client.query('connector', { attributeNames: ['name', 'cost', 'sslProfile'] })
  expect(entities).toEqual([
    { name: 'a', cost: 1 },
    { name: 'b', cost: 2, sslProfile: 'p' },
  ])
  const [asked] = router.asked
  expect(asked).toMatchObject({ address: '$management', deadlineMs: 500 })
  expect(Object.fromEntries(asked?.message.applicationProperties ?? [])).toEqual({
    operation: 'QUERY',
    entityType: 'io.skupper.router.connector',
  })
})

test('query asks page by page where routers page', async () => {
  const rows = (count: number) => Array.from({ length: count }, (_, at) => [String(at)])
  router.answer(200, { attributeNames: ['name'], results: rows(500) })
  router.answer(200, { attributeNames: ['name'], results: rows(3) })
  expect(await client.query('router.address', { attributeNames: ['name'] })).toHaveLength(503)
  expect(router.asked.map(({ message }) => message.applicationProperties.get('offset'))).toEqual([0, 500])
})

test('create sends ports as text and gives the entity', async () => {
  router.answer(201, { name: 'a', identity: 'tcpListener/:1:a', port: '1' })
  const entity = await client.create('tcpListener', 'a', { address: 'x', port: 1, siteId: undefined })
  expect(entity).toEqual({ name: 'a', identity: 'tcpListener/:1:a', port: '1' })
  expect(router.asked[0]?.message.body).toEqual(
    new Map([
      ['address', 'x'],
      ['port', '1'],
    ]),
  )
})

test('read, update and delete name the entity', async () => {
  const type = (operation: string) => [
    ['operation', operation],
    ['type', 'io.skupper.router.sslProfile'],
  ]
  router.answer(200, { name: 'a', identity: 'i' })
  router.answer(200, { name: 'a', identity: 'i' })
  router.answer(204, {})
  await client.read('sslProfile', { name: 'a' })
  await client.update('sslProfile', { identity: 'i' }, { ordinal: 2 })
  await client.delete('sslProfile', { name: 'a', identity: 'i' })
  expect(router.asked.map(({ message }) => [...message.applicationProperties])).toEqual([
    [...type('READ'), ['name', 'a']],
    [...type('UPDATE'), ['identity', 'i']],
    [...type('DELETE'), ['name', 'a'], ['identity', 'i']],
  ])
})

test('another router is asked under its own address', async () => {
  router.answer(200, ['amqp:/_topo/0/r1/$management', 'amqp:/_topo/0/r 2/$management'])
  expect(await client.at('r9').routerIds()).toEqual(['r1', 'r 2'])
  expect(router.asked[0]?.address).toBe('amqp:/_topo/0/r9/$management')
})

test.each([
  [400, 'management/bad-request'],
  [403, 'management/forbidden'],
  [404, 'management/not-found'],
  [500, 'management/failed'],
  [501, 'management/not-implemented'],
])('status %i becomes %s with the router’s own words', async (status, expected) => {
  router.answer(status, {}, 'because')
  await expect(client.read('router', { name: 'x' })).rejects.toMatchObject({ code: expected, message: 'because' })
})

test.each<[string, Message]>([
  ['no status', { body: {} }],
  ['a status that is text', { applicationProperties: { statusCode: '200' }, body: {} }],
  ['an entity without identity', { applicationProperties: { statusCode: 200 }, body: { name: 'a' } }],
  ['no body', { applicationProperties: { statusCode: 200 } }],
])('an answer with %s is refused', async (_title, answer) => {
  router.answers.push(answer)
  await expect(client.read('router', { name: 'a' })).rejects.toThrow(code('management/malformed-answer'))
})

test.each<[string, unknown]>([
  ['no table', null],
  ['names that are no text', { attributeNames: [1], results: [] }],
  ['rows that are no lists', { attributeNames: ['name'], results: ['a'] }],
])('a query answer with %s is refused', async (_title, body) => {
  router.answer(200, body)
  await expect(client.query('listener')).rejects.toThrow(code('management/malformed-answer'))
})

test('an agent with an odd address is refused', async () => {
  router.answer(200, ['something'])
  await expect(client.routerIds()).rejects.toThrow(code('management/malformed-answer'))
})

test('errors of the connection come through, and close closes it', async () => {
  await expect(client.query('listener')).rejects.toThrow(code('amqp/timeout'))
  await client.close()
  expect(router.closed).toBe(1)
})
