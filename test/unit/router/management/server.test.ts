import { expect, test } from 'vitest'
import type { DecodedMessage, Message } from '../../../../router/amqp/message.ts'
import { ManagementAgent } from '../../../../router/management/agent.ts'
import { serveManagement } from '../../../../router/management/server.ts'
import type { ManagementForwarder } from '../../../../router/management/server.ts'
import { eventually } from '../../../support/eventually.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

type Origin = Parameters<Parameters<ManagementForwarder['onMessage']>[1]>[1]

/** An agent without entities behind a forwarder: `ask` brings a message, `sent` shows the answers. */
function served(send: (message: Message) => boolean = () => true) {
  const sent: Message[] = []
  const log = new RecordedLog()
  let deliver: ((message: DecodedMessage, origin: Origin) => void) | undefined
  const forwarder: ManagementForwarder = {
    onMessage: (address, onMessage) => {
      expect(address).toBe('$management')
      deliver = onMessage
      return { close: () => undefined }
    },
    send: (message) => {
      sent.push(message)
      return send(message)
    },
  }
  serveManagement(forwarder, new ManagementAgent({ types: [], routerIds: () => ['a'], log }), log)
  const ask = (message: Partial<DecodedMessage>, kind: Origin['kind'] = 'network') => {
    const applicationProperties = new Map([['operation', 'GET-MGMT-NODES']])
    deliver?.({ applicationProperties, ...message }, { kind, peer: 'b' })
  }
  return { ask, sent, log }
}

test('the answer goes to the reply address, with the correlation id', async () => {
  const { ask, sent } = served()
  ask({ replyTo: 'here', correlationId: 'c1', messageId: 'm1' })
  await eventually(() => sent.length === 1)
  expect(sent).toEqual([
    {
      to: 'here',
      correlationId: 'c1',
      applicationProperties: { statusCode: 200, statusDescription: 'OK' },
      body: ['amqp:/_topo/0/a/$management'],
    },
  ])
})

test('without a correlation id the message id stands for it', async () => {
  const { ask, sent } = served()
  ask({ replyTo: 'here', messageId: 7 })
  await eventually(() => sent.length === 1)
  expect(sent[0]?.correlationId).toBe(7)
})

test('only a local client may change something', async () => {
  const { ask, sent } = served()
  const request = { replyTo: 'here', applicationProperties: new Map([['operation', 'CREATE']]) }
  ask(request, 'network')
  ask(request, 'self')
  ask(request, 'local-client')
  await eventually(() => sent.length === 3)
  expect(sent.map(({ applicationProperties }) => applicationProperties)).toMatchObject([
    { statusCode: 403 },
    { statusCode: 403 },
    { statusCode: 400 },
  ])
})

test('a request that wants no answer gets none', async () => {
  const { ask, sent } = served()
  ask({})
  ask({ replyTo: 'here' })
  await eventually(() => sent.length === 1)
})

test('an answer that cannot be sent is logged', async () => {
  const { ask, log } = served(() => {
    throw new Error('too long')
  })
  ask({ replyTo: 'here' })
  await eventually(() => log.lines.length === 1)
  expect(log.lines).toMatchObject([{ level: 'error', facts: { from: 'b' } }])
})
