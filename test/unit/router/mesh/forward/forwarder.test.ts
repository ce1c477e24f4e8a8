import { beforeEach, describe, expect, test } from 'vitest'
import { encodeMessage } from '../../../../../router/amqp/message.ts'
import { Forwarder } from '../../../../../router/mesh/forward/forwarder.ts'
import { parseHead } from '../../../../../router/mesh/message-head.ts'
import type { Ingress } from '../../../../../router/mesh/origin.ts'
import { encodeAnnotations, STREAMING, type RouterAnnotations } from '../../../../../router/mesh/router-annotations.ts'
import { encodeStreamHead } from '../../../../../router/mesh/stream-head.ts'
import { FakeIncoming, type FakeOutgoing } from '../../../../support/fake-deliveries.ts'
import { FakeHop, FakeRoutes } from '../../../../support/fake-routes.ts'
import { recordedReader, recordedWriter, stateText, turn } from '../../../../support/recorded-handlers.ts'

const FROM_CLIENT: Ingress = { origin: { kind: 'local-client', peer: 'client' } }
const FROM_WEST: Ingress = { origin: { kind: 'network', peer: 'west' }, neighbour: 'west' }

let routes: FakeRoutes
let forwarder: Forwarder
let west: FakeHop
let east: FakeHop

beforeEach(() => {
  routes = new FakeRoutes()
  forwarder = new Forwarder({ routes, random: () => 0.5 })
  west = new FakeHop('west')
  east = new FakeHop('east')
  for (const hop of [west, east]) {
    forwarder.addHop(hop)
    routes.route(hop.peerId, hop)
  }
})

const annotated = (change: Partial<RouterAnnotations> = {}) =>
  encodeAnnotations({ flags: 0, toOverride: undefined, ingress: '0/west', trace: ['0/west'], ...change })

function arrive(bytes: Buffer, ingress = FROM_WEST): FakeIncoming {
  const delivery = new FakeIncoming()
  forwarder.receive(delivery, ingress)
  delivery.handler.onData(bytes)
  return delivery
}

function arriveWhole(bytes: Buffer, ingress = FROM_WEST): FakeIncoming {
  const delivery = arrive(bytes, ingress)
  delivery.handler.onEnd(false)
  return delivery
}

const updates = (delivery: FakeIncoming) => delivery.updates.map(({ state, settled }) => stateText(state, settled))
const sentTo = (hop: FakeHop): FakeOutgoing[] => hop.opened.map(({ outgoing }) => outgoing)
const headOf = (outgoing: FakeOutgoing | undefined) => parseHead(outgoing?.written ?? Buffer.alloc(0), 'whole')

describe('to a consumer here', () => {
  test('a stream is handed over with its head while it is still open', () => {
    const seen: string[] = []
    const reader = recordedReader()
    forwarder.subscribe('echo', (delivery, head, first) => {
      seen.push(`${head.to ?? ''} ${head.replyTo ?? ''} ${first.toString()}`)
      delivery.handler = reader
    })
    const head = encodeStreamHead({ to: 'echo', replyTo: 'back' })
    const delivery = arrive(Buffer.concat([annotated({ flags: STREAMING }), head, Buffer.from('raw')]))
    delivery.handler.onData(Buffer.from('more'))
    delivery.handler.onEnd(true)
    expect(seen).toEqual(['echo back raw'])
    expect(reader.calls).toEqual(['data more', 'end settled'])
  })

  test('a head that comes byte by byte is put together', () => {
    const firsts: string[] = []
    forwarder.subscribe('echo', (delivery, _, first) => {
      delivery.handler = recordedReader()
      firsts.push(first.toString())
    })
    const bytes = Buffer.concat([annotated({ flags: STREAMING }), encodeStreamHead({ to: 'echo' })])
    const delivery = arrive(Buffer.alloc(0))
    for (const byte of bytes) delivery.handler.onData(Buffer.from([byte]))
    expect(firsts).toEqual([''])
  })

  test('a message without a body is handed over when it ends', () => {
    const reader = recordedReader()
    forwarder.subscribe('mesh', (delivery) => {
      delivery.handler = reader
    })
    const delivery = arrive(encodeMessage({ to: 'mesh', applicationProperties: { meshid: 'x' } }))
    expect(reader.calls).toEqual([])
    delivery.handler.onEnd(false)
    expect(reader.calls).toEqual(['end'])
  })

  test('whole messages are accepted and decoded', () => {
    const seen: unknown[] = []
    forwarder.onMessage('$management', (message, origin) => seen.push([message.subject, message.body, origin.kind]))
    const bytes = encodeMessage({ to: '_topo/0/me/$management', subject: 'ask', body: { a: 1 } })
    const delivery = arrive(Buffer.concat([annotated(), bytes]))
    delivery.handler.onEnd(false)
    expect(seen).toEqual([['ask', new Map([['a', 1]]), 'network']])
    expect(updates(delivery)).toEqual(['accepted settled'])
  })

  test('a closed subscription gets nothing more', () => {
    const subscription = forwarder.subscribe('echo', () => {
      throw new Error('called')
    })
    subscription.close()
    subscription.close()
    expect(updates(arriveWhole(encodeMessage({ to: 'echo', body: null })))).toEqual(['released settled'])
  })
})

describe('from here', () => {
  test('a stream to the next router carries its head at once, marked as streaming', () => {
    routes.hold('Mecho', 'east')
    const outgoing = forwarder.open({ to: 'echo', replyTo: 'back', contentType: 'application/octet-stream' })
    outgoing?.write(Buffer.from('raw'))
    const [sent] = sentTo(east)
    expect(headOf(sent)).toMatchObject({
      annotations: { flags: 5, ingress: '0/me', trace: ['0/me'] },
      to: 'echo',
      replyTo: 'back',
      contentType: 'application/octet-stream',
    })
    expect(sent?.text.endsWith('\0Sw@raw')).toBe(true)
    expect(east.opened[0]?.options).toMatchObject({ streaming: true, priority: 4 })
  })

  test('a stream to a consumer here stays in the process, states included', async () => {
    const reader = recordedReader()
    forwarder.subscribe('echo', (delivery) => {
      delivery.handler = reader
      delivery.update({ kind: 'received', offset: 7 }, false)
    })
    const outgoing = forwarder.open({ to: 'echo' })
    const writer = recordedWriter()
    if (outgoing !== undefined) outgoing.handler = writer
    outgoing?.write(Buffer.from('raw'))
    outgoing?.end()
    await turn()
    expect(reader.calls).toEqual(['data raw', 'end'])
    expect(writer.calls).toEqual(['received 7'])
  })

  test('there is no stream to nowhere', () => {
    expect(forwarder.open({ to: 'nobody' })).toBeUndefined()
    routes.hold('Mecho', 'east')
    east.full = true
    expect(forwarder.open({ to: 'echo' })).toBeUndefined()
  })

  test('a message is sent settled, to one of the consumers', () => {
    routes.hold('Mecho', 'east', 'west')
    expect(forwarder.send({ to: 'echo', subject: 'hi', body: 1 })).toBe(true)
    expect(sentTo(east).length + sentTo(west).length).toBe(1)
    const { options, outgoing } = [...east.opened, ...west.opened][0] ?? {}
    expect(options).toMatchObject({ streaming: false, settled: true, priority: 4 })
    expect(outgoing?.calls).toEqual(['end settled'])
    expect(headOf(outgoing)).toMatchObject({ annotations: { flags: 0, trace: ['0/me'] }, subject: 'hi' })
    expect(forwarder.send({ to: 'nobody', body: 1 })).toBe(false)
  })

  test('a multicast message goes to every consumer here and to each next router once', () => {
    let here = 0
    forwarder.onMessage('mc/all', () => here++)
    forwarder.onMessage('mc/all', () => here++)
    routes.route('far', east, 2)
    routes.hold('Mmc/all', 'east', 'far')
    expect(forwarder.send({ to: 'mc/all', body: 1 })).toBe(true)
    expect([here, sentTo(east).length, sentTo(west).length]).toEqual([2, 1, 0])
  })

  test('reply addresses lead back here', () => {
    const address = forwarder.replyAddress()
    expect(address).toMatch(/^amqp:\/_topo\/0\/me\/temp\..{15}$/)
    const seen: unknown[] = []
    forwarder.onMessage(address, (message) => seen.push(message.body))
    arriveWhole(encodeMessage({ to: address, body: 'answer' }), FROM_CLIENT)
    expect(seen).toEqual(['answer'])
    expect(routes.advertised.size).toBe(0)
  })
})

describe('from one router to the next', () => {
  test('only the annotations change', () => {
    routes.hold('Mecho', 'east')
    const rest = Buffer.concat([encodeStreamHead({ to: 'echo' }), Buffer.from('raw')])
    const delivery = arrive(Buffer.concat([annotated({ flags: STREAMING | 64, ingressMesh: 'mesh' }), rest]))
    delivery.handler.onData(Buffer.from('more'))
    delivery.handler.onEnd(true)
    const [sent] = sentTo(east)
    const head = headOf(sent)
    expect(head.annotations).toEqual({
      flags: STREAMING | 64,
      toOverride: undefined,
      ingress: '0/west',
      trace: ['0/west', '0/me'],
      ingressMesh: 'mesh',
    })
    expect(sent?.written.subarray(head.annotationsLength)).toEqual(Buffer.concat([rest, Buffer.from('more')]))
    expect(sent?.calls).toEqual(['end settled'])
    expect(east.opened[0]?.options.streaming).toBe(true)
  })

  test('a stream flows back: pauses, received offsets, settlement', () => {
    routes.hold('Mecho', 'east')
    const delivery = arrive(Buffer.concat([annotated({ flags: STREAMING }), encodeStreamHead({ to: 'echo' })]))
    const [sent] = sentTo(east)
    if (sent !== undefined) sent.takesMore = false
    delivery.handler.onData(Buffer.from('x'))
    expect(delivery.paused).toBe(true)
    sent?.handler.onDrain()
    sent?.handler.onState({ kind: 'received', offset: 9 }, false)
    sent?.handler.onState({ kind: 'accepted' }, true)
    expect(delivery.paused).toBe(false)
    expect(updates(delivery)).toEqual(['received 9', 'accepted settled'])
  })

  test('a message without the flag is kept until it is complete and sent as one of its priority', () => {
    routes.hold('Mecho', 'east')
    const bytes = encodeMessage({ header: { priority: 7 }, to: 'echo', body: 'x'.repeat(1000) })
    const delivery = arrive(Buffer.concat([annotated(), bytes.subarray(0, 500)]))
    expect(sentTo(east)).toEqual([])
    delivery.handler.onData(bytes.subarray(500))
    delivery.handler.onEnd(false)
    expect(east.opened[0]?.options).toMatchObject({ streaming: false, priority: 7, settled: false })
    expect(headOf(sentTo(east)[0]).to).toBe('echo')
    expect(sentTo(east)[0]?.written.subarray(-bytes.length)).toEqual(bytes)
    expect(sentTo(east)[0]?.calls).toEqual(['end'])
  })

  test('a message without the flag becomes a stream when it has grown to 256 kB', () => {
    routes.hold('Mecho', 'east')
    const bytes = encodeMessage({ to: 'echo', body: Buffer.alloc(300_000) })
    const delivery = arrive(Buffer.concat([annotated(), bytes.subarray(0, 100_000)]))
    expect(sentTo(east)).toEqual([])
    delivery.handler.onData(bytes.subarray(100_000, 280_000))
    expect(east.opened[0]?.options.streaming).toBe(true)
    delivery.handler.onData(bytes.subarray(280_000))
    delivery.handler.onEnd(false)
    expect(sentTo(east)[0]?.written.subarray(-bytes.length)).toEqual(bytes)
  })

  test('to-override stands over the address of the message', () => {
    routes.hold('Mecho', 'east')
    arriveWhole(Buffer.concat([annotated({ toOverride: 'echo' }), encodeMessage({ to: 'other', body: null })]))
    expect(headOf(sentTo(east)[0]).annotations?.toOverride).toBe('echo')
  })

  test('an address of another router goes to the hop that leads there', () => {
    routes.route('far', east, 2)
    arriveWhole(Buffer.concat([annotated(), encodeMessage({ to: 'amqp:/_topo/0/far/temp.x', body: null })]))
    expect(sentTo(east).length).toBe(1)
  })

  test('an address behind an edge router goes to the router that holds the edge', () => {
    routes.hold('Hshop', 'east')
    arriveWhole(Buffer.concat([annotated(), encodeMessage({ to: 'amqp:/_edge/shop/temp.x', body: null })]))
    expect(sentTo(east).length).toBe(1)
  })

  test.each([
    ['back to where it came from', { ingress: '0/east', trace: ['0/east', '0/west'] }, 'west'],
    ['to a router it has passed', { ingress: '0/east', trace: ['0/east', '0/west'] }, 'east'],
    ['through us a second time', { trace: ['0/me', '0/west'] }, 'east'],
    ['farther than any path', { trace: ['0/a', '0/b', '0/c', '0/d', '0/west'] }, 'east'],
    ['to nobody', {}, undefined],
  ])('a message is never sent %s', (_, change, holder) => {
    if (holder !== undefined) routes.hold('Mecho', holder)
    const delivery = arriveWhole(Buffer.concat([annotated(change), encodeMessage({ to: 'echo', body: null })]))
    expect([...sentTo(east), ...sentTo(west)]).toEqual([])
    expect(updates(delivery)).toEqual(['released settled'])
    expect(forwarder.stats.released).toBe(1)
  })

  test('a holder counts only for messages whose path leads through us', () => {
    routes.hold('Mecho', 'east')
    routes.doNotCarry('west', 'east')
    const message = encodeMessage({ to: 'echo', body: null })
    expect(updates(arriveWhole(Buffer.concat([annotated(), message])))).toEqual(['released settled'])
    arriveWhole(message, FROM_CLIENT)
    expect(sentTo(east).length).toBe(1)
  })

  test('a multicast message is accepted once it has gone to the others, and not back', () => {
    const seen: unknown[] = []
    forwarder.onMessage('mc/all', (message) => seen.push(message.body))
    routes.hold('Mmc/all', 'east', 'west')
    const bytes = encodeMessage({ to: 'mc/all', body: 'x' })
    const delivery = arrive(Buffer.concat([annotated(), bytes.subarray(0, 9)]))
    delivery.handler.onData(bytes.subarray(9))
    delivery.handler.onEnd(false)
    expect(seen).toEqual(['x'])
    expect([sentTo(east).length, sentTo(west).length]).toEqual([1, 0])
    expect(updates(delivery)).toEqual(['accepted settled'])
  })

  test('a multicast message that is too long to be kept is rejected', () => {
    routes.hold('Mmc/all', 'east')
    const bytes = encodeMessage({ to: 'mc/all', body: Buffer.alloc(5 * 1024 * 1024) })
    expect(updates(arriveWhole(Buffer.concat([annotated(), bytes])))).toEqual(['rejected settled'])
    expect(sentTo(east)).toEqual([])
  })

  test.each([
    ['no message', Buffer.from('GET / HTTP/1.1')],
    ['annotations that are no list', Buffer.from('\0\x80SKPR--RA\x40\0Sw@', 'latin1')],
    [
      'a head without end',
      Buffer.concat([
        annotated(),
        Buffer.from('\x00St\xd1\x00\x01\xff\xff\x00\x00\x00\x02', 'latin1'),
        Buffer.alloc(70_000, 0x40),
      ]),
    ],
  ])('%s is rejected and the rest dropped', (_, bytes) => {
    const delivery = arrive(bytes)
    delivery.handler.onData(Buffer.from('more'))
    delivery.handler.onEnd(false)
    expect(updates(delivery)).toEqual(['rejected settled'])
    expect(delivery.updates[0]?.state).toMatchObject({ condition: 'amqp:invalid-field' })
  })

  test('a settled delivery without destination is dropped without a word', () => {
    const delivery = new FakeIncoming()
    delivery.settled = true
    forwarder.receive(delivery, FROM_WEST)
    delivery.handler.onData(encodeMessage({ to: 'nobody', body: null }))
    delivery.handler.onEnd(true)
    expect(delivery.updates).toEqual([])
  })
})

describe('from and to a client', () => {
  test('what it writes into annotations is ignored, the address of its link counts', () => {
    routes.hold('Mecho', 'east')
    const ingress: Ingress = { ...FROM_CLIENT, to: 'echo' }
    const forged = annotated({ toOverride: 'other', trace: ['0/me'], ingress: '0/other' })
    arriveWhole(Buffer.concat([forged, encodeMessage({ to: 'third', body: null })]), ingress)
    const head = headOf(sentTo(east)[0])
    expect(head.annotations).toMatchObject({ toOverride: 'echo', ingress: '0/me', trace: ['0/me'] })
    expect(head.to).toBe('third')
  })

  test('a link for streams makes every delivery one', () => {
    routes.hold('Mecho', 'east')
    arrive(encodeStreamHead({ to: 'echo' }), { ...FROM_CLIENT, streaming: true })
    expect(headOf(sentTo(east)[0]).annotations?.flags).toBe(STREAMING)
  })

  test('it gets messages without annotations', () => {
    const client = new FakeHop('client')
    forwarder.subscribeLink('inbox', (options) => client.open(options))
    const bytes = encodeMessage({ to: 'inbox', body: 'x' })
    arriveWhole(Buffer.concat([annotated(), bytes]))
    expect(sentTo(client)[0]?.written).toEqual(bytes)
    expect(routes.advertised.has('Minbox')).toBe(true)
  })
})

describe('which consumer', () => {
  test('balanced: unsettled deliveries and path cost weigh together, for each address by itself', () => {
    const taken: FakeIncoming[] = []
    forwarder.subscribe('echo', (delivery) => {
      delivery.handler = recordedReader()
    })
    routes.hold('Mecho', 'east')
    const head = encodeStreamHead({ to: 'echo' })
    for (let i = 0; i < 6; i++) taken.push(arrive(head, { ...FROM_CLIENT, streaming: true }))
    // Here weighs 0, east 1: the first goes here, then each side gets every other one.
    expect(sentTo(east).length).toBeGreaterThanOrEqual(2)
    expect(sentTo(east).length).toBeLessThanOrEqual(3)
    for (const { options } of east.opened) options.onDone?.()
    for (const delivery of taken) delivery.handler.onEnd(true)
    expect(forwarder.addresses().find(({ key }) => key === 'Mecho')?.outstanding).toBe(0)
  })

  test('the treatment of an address comes from the configuration, then its consumers, then the network', () => {
    forwarder.subscribe('a', () => undefined, { treatment: 2 })
    expect(routes.advertised.get('Ma')).toBe(2)
    forwarder.treatments.add({ prefix: 'b', treatment: 1 })
    forwarder.subscribe('b', () => undefined, { treatment: 2 })
    expect(routes.advertised.get('Mb')).toBe(1)
    routes.hold('Mc', 'east')
    forwarder.onAddress('Mc')
    expect(forwarder.addresses().find(({ key }) => key === 'Mc')).toMatchObject({
      treatment: 3,
      subscriberCount: 0,
      remoteHostRouters: ['east'],
    })
  })
})

describe('whether an address is reachable', () => {
  test('a watcher hears at once, and of each change', () => {
    const seen: boolean[] = []
    const stop = forwarder.watch('echo', (reachable) => seen.push(reachable))
    const subscription = forwarder.subscribe('echo', () => undefined)
    routes.hold('Mecho', 'east')
    forwarder.onAddress('Mecho')
    subscription.close()
    routes.hold('Mecho')
    forwarder.onTopology()
    stop()
    forwarder.subscribe('echo', () => undefined)
    expect(seen).toEqual([false, true, false])
  })

  test('an address is advertised while it has a consumer', () => {
    const first = forwarder.subscribe('echo', () => undefined)
    const second = forwarder.subscribe('echo', () => undefined)
    first.close()
    expect(routes.advertised.has('Mecho')).toBe(true)
    second.close()
    expect(routes.advertised.has('Mecho')).toBe(false)
  })

  test('another router is reachable as long as a route leads there', () => {
    expect(forwarder.reachable('amqp:/_topo/0/east/$management')).toBe(true)
    expect(forwarder.reachable('amqp:/_topo/0/lost/$management')).toBe(false)
  })

  test('messages to unknown addresses leave nothing behind', () => {
    for (let i = 0; i < 100; i++) arriveWhole(encodeMessage({ to: `nobody-${String(i)}`, body: null }))
    expect(forwarder.addresses()).toEqual([])
  })
})
