import { expect, test } from 'vitest'
import type { ControlLink } from '../../../../../router/mesh/control/control-link.ts'
import { encodeControl } from '../../../../../router/mesh/control/control-message.ts'
import { ControlRelay } from '../../../../../router/mesh/control/control-relay.ts'
import type { PassingMessage } from '../../../../../router/mesh/control/control-relay.ts'
import { parseHead } from '../../../../../router/mesh/message-head.ts'
import { MAX_TRACE, encodeAnnotations } from '../../../../../router/mesh/router-annotations.ts'

const CONTENT = encodeControl({ opcode: 'LSR', id: 'O' }, 'X')

function passing(trace: string[], from = 'P'): PassingMessage {
  const annotations = encodeAnnotations({ flags: 0, toOverride: undefined, ingress: trace[0], trace })
  const content = CONTENT.subarray(parseHead(CONTENT, 'whole').annotationsLength)
  const bytes = Buffer.concat([annotations, content])
  return { bytes, head: parseHead(bytes, 'whole'), from }
}

function recorded(...peerIds: string[]): { sent: Map<string, Buffer>; links: Map<string, ControlLink> } {
  const sent = new Map<string, Buffer>()
  const links = new Map(
    peerIds.map((peerId) => [peerId, { peerId, cost: 1, send: (bytes: Buffer) => void sent.set(peerId, bytes) }]),
  )
  return { sent, links }
}

test('a flooded message goes to those it has not passed, with this router in its trace and nothing else changed', () => {
  const { sent, links } = recorded('P', 'Q', 'O', 'R')
  const message = passing(['0/O', '0/P'])
  expect(new ControlRelay('ME').flood(message, links, 0)).toBe(true)
  expect([...sent.keys()]).toEqual(['Q', 'R'])
  const copy = sent.get('Q') ?? Buffer.alloc(0)
  const head = parseHead(copy, 'whole')
  expect(head.annotations).toMatchObject({ ingress: '0/O', trace: ['0/O', '0/P', '0/ME'] })
  expect(copy.subarray(head.annotationsLength)).toEqual(message.bytes.subarray(message.head.annotationsLength))
})

test.each([
  ['that was here before', ['0/O', '0/ME', '0/P']],
  ['whose trace is a loop', Array.from({ length: MAX_TRACE }, (_, at) => `0/${String(at)}`)],
])('a flooded message %s is dropped', (_what, trace) => {
  const { sent, links } = recorded('Q')
  expect(new ControlRelay('ME').flood(passing(trace), links, 0)).toBe(false)
  expect(sent.size).toBe(0)
})

test('a second copy by another way is dropped', () => {
  const { sent, links } = recorded('P', 'Q')
  const relay = new ControlRelay('ME')
  relay.flood(passing(['0/O'], 'P'), links, 0)
  sent.clear()
  expect(relay.flood(passing(['0/O', '0/Q'], 'Q'), links, 5)).toBe(false)
  expect(sent.size).toBe(0)
})

test('a message for one router goes to the next hop, unless it has been there or here', () => {
  const { sent, links } = recorded('N')
  const relay = new ControlRelay('ME')
  relay.direct(passing(['0/O', '0/N']), links.get('N'))
  relay.direct(passing(['0/O', '0/ME']), links.get('N'))
  relay.direct(passing(['0/O']), undefined)
  expect(sent.size).toBe(0)
  relay.direct(passing(['0/O']), links.get('N'))
  expect([...sent.keys()]).toEqual(['N'])
})
