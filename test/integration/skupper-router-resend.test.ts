import { describe, expect, test } from 'vitest'
import { encodeMessage } from '../../router/amqp/message.ts'
import { encodeAnnotations, RESEND_RELEASED } from '../../router/mesh/router-annotations.ts'
import { eventually } from '../support/eventually.ts'
import { knowsHolders, mixedLine, mixedNetwork, type Kind, type Member } from '../support/mixed-network.ts'
import { passes } from '../support/passes.ts'
import { SKROUTERD, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { StreamingClient } from '../support/streaming-client.ts'
import { closedPort } from '../support/tcp-peers.ts'

const HOST = '127.0.0.1'
const MESSAGES = 10

/** What an edge router sends: a message with flags for the routers on its way. */
const asked = (flags: number) =>
  Buffer.concat([
    encodeAnnotations({ flags, toOverride: undefined, ingress: undefined, trace: [] }),
    encodeMessage({ to: 'job', body: 'do it' }),
  ])

/** A consumer of `job` at this router that accepts all, or gives all back. */
async function consumer(member: Member, answer: 'accepted' | 'released') {
  const client = await StreamingClient.connect(member.clients, { containerId: answer })
  return client.take('job', ({ delivery }) => {
    delivery.handler = {
      onData: () => undefined,
      onEnd: () => {
        delivery.update({ kind: answer }, true)
      },
      onAborted: () => undefined,
    }
  })
}

/** How a router of that kind answers `MESSAGES` messages with these flags that come in by an edge router. */
async function outcomes(edges: number, flags: number): Promise<string[]> {
  const edge = await StreamingClient.connect(edges, { containerId: 'edge' })
  const sent = await Promise.all(
    Array.from({ length: MESSAGES }, async () => {
      const outgoing = await edge.send(undefined, asked(flags))
      outgoing.delivery.end()
      return outgoing
    }),
  )
  await eventually(() => sent.every(({ states }) => states.some(([, settled]) => settled)))
  return sent.map(({ states }) => states.find(([state]) => state !== undefined)?.[0]?.kind ?? 'settled')
}

const access = (port: number) => ['listener', { name: 'edges', host: HOST, port, role: 'edge' }] as const

describe.skipIf(SKROUTERD === '')(`a message that is given back${UNLESS_SKROUTERD}`, () => {
  test.each(['real', 'ours'] as const)(
    '%s: is tried at another consumer where its sender wants that',
    async (kind: Kind) => {
      const edges = await closedPort()
      const member = (await mixedNetwork({ kinds: { one: kind }, links: [], entities: { one: [access(edges)] } }))(
        'one',
      )
      await consumer(member, 'released')
      const good = await consumer(member, 'accepted')
      expect(await outcomes(edges, RESEND_RELEASED)).toEqual(Array.from({ length: MESSAGES }, () => 'accepted'))
      expect(good.deliveries.length).toBe(MESSAGES)
      expect(await outcomes(edges, 0)).toContain('released')
    },
  )

  test.each(['real', 'ours'] as const)('with %s at both ends: is tried in another site', async (ends) => {
    const edges = await closedPort()
    const member = await mixedLine(ends, { near: [access(edges)] })
    await consumer(member('far'), 'accepted')
    await consumer(member('middle'), 'released')
    await consumer(member('near'), 'released')
    await knowsHolders(member('near'), 'job', 2)
    await knowsHolders(member('middle'), 'job', 2)
    const all = await outcomes(edges, RESEND_RELEASED)
    await passes(() => {
      expect(all).toEqual(Array.from({ length: MESSAGES }, () => 'accepted'))
    })
  })
})
