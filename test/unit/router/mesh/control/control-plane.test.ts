import { describe, expect, test } from 'vitest'
import type { ControlPlane } from '../../../../../router/mesh/control/control-plane.ts'
import { decodeControl, encodeControl } from '../../../../../router/mesh/control/control-message.ts'
import type { ControlMessage } from '../../../../../router/mesh/control/control-message.ts'
import { MeshSimulation } from '../../../../../bench/scale/mesh-simulation.ts'

const BALANCED = 3

function nextHops(plane: ControlPlane): Record<string, string | undefined> {
  const others = plane.routers().filter(({ self, cost }) => !self && cost !== undefined)
  return Object.fromEntries(others.map(({ routerId }) => [routerId, plane.nextHop(routerId)?.peerId]))
}

function holders(plane: ControlPlane, key: string): string[] {
  return plane
    .holders(key)
    .map(({ routerId }) => routerId)
    .sort()
}

const opcodeIs = (opcode: string) => (message: Buffer) => decodeControl(message)?.opcode === opcode

describe('three routers in a line', () => {
  test('the ends learn each other through the middle within milliseconds', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    mesh.run(100)
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B', C: 'B' })
    expect(nextHops(mesh.plane('B'))).toEqual({ A: 'A', C: 'C' })
    expect(nextHops(mesh.plane('C'))).toEqual({ A: 'B', B: 'B' })
    expect(mesh.plane('A').cost('C')).toBe(2)
    expect(mesh.plane('A').radius).toBe(2)
    expect(mesh.plane('B').radius).toBe(1)
  })

  test('an address of one end is known at the other, with its treatment', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    mesh.run(100)
    mesh.plane('A').advertise('Mback:80', BALANCED)
    mesh.run(10)
    expect(mesh.plane('C').holders('Mback:80')).toEqual([{ routerId: 'A', treatment: BALANCED }])
    expect(mesh.router('C').addresses).toEqual(['Mback:80'])
    mesh.plane('A').withdraw('Mback:80')
    mesh.run(10)
    expect(mesh.plane('C').holders('Mback:80')).toEqual([])
    expect(mesh.router('C').addresses).toEqual(['Mback:80', 'Mback:80'])
  })

  test('an address advertised before there was any link is learnt too', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.plane('C').advertise('Mearly', BALANCED)
    mesh.line('A', 'B', 'C')
    mesh.run(100)
    expect(holders(mesh.plane('A'), 'Mearly')).toEqual(['C'])
  })

  test('the middle carries between the ends, the ends carry nothing', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    mesh.run(100)
    expect(mesh.plane('B').carries('A', 'C')).toBe(true)
    expect(mesh.plane('A').carries('B', 'C')).toBe(false)
    expect(mesh.plane('A').carries('A', 'C')).toBe(true)
    expect([...mesh.plane('B').validOrigins('C')]).toEqual(['A'])
  })

  test('keys of a class that routers do not exchange stay at home', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    mesh.line('A', 'B')
    mesh.plane('A').advertise('Ltemp.x', BALANCED)
    mesh.run(3_000)
    expect(holders(mesh.plane('B'), 'Ltemp.x')).toEqual([])
  })
})

describe('a ring', () => {
  test('takes the cheaper way round, and the other when a link closes', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C', 'D')
    mesh.line('A', 'B', 'C', 'D')
    mesh.connect('D', 'A', { cost: 5 })
    mesh.run(100)
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B', C: 'B', D: 'B' })
    mesh.cut('A', 'B')
    mesh.run(100)
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'D', C: 'D', D: 'D' })
    expect(mesh.plane('A').cost('B')).toBe(7)
    expect(mesh.router('A').lost).toEqual([])
  })

  test('copies of a flooded message do not multiply', () => {
    const mesh = new MeshSimulation()
    const ids = Array.from({ length: 10 }, (_, at) => `R${String(at)}`)
    mesh.startAll(...ids)
    for (const [at, a] of ids.entries()) for (const b of ids.slice(at + 1)) mesh.connect(a, b)
    mesh.run(30_000)
    const before = mesh.delivered
    mesh.plane('R0').advertise('Mone', BALANCED)
    mesh.run(20)
    // One change is one MAU and one RA: each crosses each of the 45 links at most once in each direction.
    expect(mesh.delivered - before).toBeLessThanOrEqual(2 * 2 * 45 + 10)
    for (const id of ids.slice(1)) expect(holders(mesh.plane(id), 'Mone')).toEqual(['R0'])
  })
})

describe('loss of a neighbour', () => {
  test('a link that drops everything is noticed by the age of HELLO', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const wire = mesh.connect('A', 'B')
    mesh.run(5_000)
    wire.loses = () => true
    mesh.run(2_900)
    expect(mesh.plane('A').nextHop('B')).toBeDefined()
    mesh.run(2_100)
    expect(mesh.plane('A').nextHop('B')).toBeUndefined()
    expect(mesh.router('A').lost).toEqual(['B'])
    wire.loses = () => false
    mesh.run(2_000)
    expect(mesh.plane('A').nextHop('B')?.peerId).toBe('B')
  })

  test('a link that works one way only is no link', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const wire = mesh.connect('A', 'B')
    wire.loses = (message) => decodeControl(message)?.id === 'A'
    mesh.run(10_000)
    expect(nextHops(mesh.plane('A'))).toEqual({})
    expect(nextHops(mesh.plane('B'))).toEqual({})
  })

  test('the addresses of a lost router stay for the hold-off, then they go', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    mesh.connect('A', 'B')
    mesh.plane('B').advertise('Mfoo', BALANCED)
    mesh.run(5_000)
    expect(holders(mesh.plane('A'), 'Mfoo')).toEqual(['B'])
    const told = mesh.router('A').addresses.length
    mesh.cut('A', 'B')
    expect(mesh.plane('A').holders('Mfoo')).toEqual([])
    mesh.run(500)
    expect(mesh.router('A').addresses).toHaveLength(told)
    mesh.run(2_000)
    expect(mesh.router('A').addresses).toHaveLength(told + 1)
  })

  test('a link that is back within the hold-off brings the addresses back at once', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const wire = mesh.connect('A', 'B')
    mesh.plane('B').advertise('Mfoo', BALANCED)
    mesh.run(5_000)
    const told = mesh.router('A').addresses.length
    wire.close()
    mesh.connect('A', 'B')
    mesh.run(10)
    expect(holders(mesh.plane('A'), 'Mfoo')).toEqual(['B'])
    expect(mesh.router('A').addresses.slice(told)).toEqual(['Mfoo'])
  })

  test('of two links to one neighbour the second carries on when the first closes', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const cheap = mesh.connect('A', 'B', { cost: 1 })
    mesh.connect('A', 'B', { cost: 3 })
    mesh.run(2_000)
    expect(mesh.plane('A').cost('B')).toBe(1)
    cheap.close()
    expect(mesh.plane('A').cost('B')).toBe(3)
    expect(mesh.router('A').lost).toEqual([])
  })

  test('a router that stood still itself does not blame its neighbours', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    mesh.connect('A', 'B')
    mesh.run(5_000)
    // The clock jumps for both at once: nobody's HELLO could be heard meanwhile.
    mesh.sleep(10_000)
    mesh.run(3_000)
    expect(mesh.router('A').lost).toEqual([])
    expect(mesh.router('B').lost).toEqual([])
  })
})

describe('partition and heal', () => {
  test('each part forgets the other, and both agree again afterwards', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C', 'D')
    mesh.line('A', 'B', 'C', 'D')
    for (const id of mesh.ids()) mesh.plane(id).advertise(`M${id}`, BALANCED)
    mesh.run(10_000)
    mesh.cut('B', 'C')
    mesh.run(5_000)
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B' })
    expect(holders(mesh.plane('A'), 'MD')).toEqual([])
    expect(mesh.router('A').lost.sort()).toEqual(['C', 'D'])
    mesh.plane('D').advertise('Mmeanwhile', BALANCED)
    mesh.plane('D').withdraw('MD')
    mesh.connect('B', 'C')
    mesh.run(100)
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B', C: 'B', D: 'B' })
    expect(holders(mesh.plane('A'), 'Mmeanwhile')).toEqual(['D'])
    expect(holders(mesh.plane('A'), 'MD')).toEqual([])
    expect(holders(mesh.plane('D'), 'MA')).toEqual(['A'])
  })

  test('a router that only says HELLO loses its link state, and what lies behind it its route', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    const [wire] = mesh.line('A', 'B', 'C')
    mesh.run(20_000)
    if (wire !== undefined) wire.loses = (message) => decodeControl(message)?.opcode !== 'HELLO'
    mesh.run(65_000)
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B' })
    expect(mesh.router('A').lost).toEqual(['C'])
  })

  test('a router gone for good is forgotten after the age of its link state', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    mesh.connect('A', 'B')
    mesh.run(5_000)
    mesh.stop('B')
    expect(
      mesh
        .plane('A')
        .routers()
        .map(({ routerId }) => routerId),
    ).toEqual(['A', 'B'])
    mesh.run(62_000)
    expect(
      mesh
        .plane('A')
        .routers()
        .map(({ routerId }) => routerId),
    ).toEqual(['A'])
  })
})

describe('restart', () => {
  test('a new instance replaces what was known: no address outlives the process', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    mesh.plane('C').advertise('Mold', BALANCED)
    mesh.plane('C').advertise('Mkept', BALANCED)
    mesh.run(20_000)
    mesh.stop('C')
    mesh.start('C').plane.advertise('Mkept', BALANCED)
    mesh.connect('B', 'C')
    mesh.run(100)
    expect(holders(mesh.plane('A'), 'Mold')).toEqual([])
    expect(holders(mesh.plane('A'), 'Mkept')).toEqual(['C'])
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B', C: 'B' })
  })

  test('a restart is noticed while the connection of the process that is gone still stands', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A')
    mesh.start('B', { instance: 1, slot: 'gone' }).plane.advertise('Mold', BALANCED)
    const dead = mesh.connect('A', 'gone', { cost: 1 })
    mesh.run(5_000)
    dead.loses = () => true
    mesh.start('B', { instance: 2, slot: 'fresh' })
    mesh.connect('A', 'fresh', { cost: 4 })
    mesh.run(100)
    expect(mesh.plane('A').cost('B')).toBe(4)
    expect(holders(mesh.plane('A'), 'Mold')).toEqual([])
    expect(mesh.router('A').duplicates).toEqual([])
  })

  test('a restart within the same second is told by the higher first number', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const first = mesh.start('C', { instance: 77, firstSeq: 120 })
    mesh.line('A', 'B', 'C')
    first.plane.advertise('Mold', BALANCED)
    mesh.run(300)
    mesh.stop('C')
    mesh.start('C', { instance: 77, firstSeq: 480 }).plane.advertise('Mnew', BALANCED)
    mesh.connect('B', 'C')
    mesh.run(100)
    expect(holders(mesh.plane('A'), 'Mold')).toEqual([])
    expect(holders(mesh.plane('A'), 'Mnew')).toEqual(['C'])
  })

  test.each([
    ['whose clock went back', { instance: 900_000 }],
    ['in the same second, with lower numbers', {}],
  ])('a router %s is believed again after a while', (_what, options) => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    for (const key of ['M1', 'M2', 'M3', 'Mold']) {
      mesh.plane('C').advertise(key, BALANCED)
      mesh.run(100)
    }
    const { instance } = mesh.router('C')
    mesh.stop('C')
    mesh.start('C', { instance, ...options }).plane.advertise('Mnew', BALANCED)
    mesh.connect('B', 'C')
    mesh.run(15_000)
    expect(holders(mesh.plane('A'), 'Mold')).toEqual([])
    expect(holders(mesh.plane('A'), 'Mnew')).toEqual(['C'])
    expect(nextHops(mesh.plane('A'))).toEqual({ B: 'B', C: 'B' })
  })
})

describe('a duplicate id', () => {
  test('both ends of a link between the two are told, and do not become neighbours', () => {
    const mesh = new MeshSimulation()
    mesh.start('A', { instance: 1, slot: 'first' })
    mesh.start('A', { instance: 2, slot: 'second' })
    mesh.connect('first', 'second')
    mesh.run(10_000)
    expect(mesh.router('first').duplicates).toEqual(['A'])
    expect(mesh.router('second').duplicates).toEqual(['A'])
    expect(nextHops(mesh.plane('first'))).toEqual({})
  })

  test('a neighbour of both is told, and keeps to the one that started later', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('B')
    mesh.start('A', { instance: 1, slot: 'first' })
    mesh.start('A', { instance: 2, slot: 'second' })
    mesh.connect('B', 'first')
    mesh.connect('B', 'second')
    mesh.plane('second').advertise('Mfoo', BALANCED)
    mesh.run(10_000)
    expect(mesh.router('B').duplicates).toEqual(['A'])
    expect(holders(mesh.plane('B'), 'Mfoo')).toEqual(['A'])
  })

  test('a router that sees both from afar is told', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('B', 'C', 'D')
    mesh.line('B', 'C', 'D')
    mesh.start('A', { instance: 1, slot: 'first' })
    mesh.start('A', { instance: 2, slot: 'second' })
    mesh.connect('B', 'first')
    mesh.connect('D', 'second')
    mesh.run(300_000)
    expect(mesh.router('C').duplicates).toContain('A')
    expect(mesh.plane('C').nextHop('D')?.peerId).toBe('D')
  })
})

describe('addresses under loss and load', () => {
  test('a change that does not follow on the last one makes the whole set be asked for', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const wire = mesh.connect('A', 'B')
    mesh.run(20_000)
    wire.loses = () => true
    mesh.plane('A').advertise('Mlost', BALANCED)
    mesh.run(10)
    expect(holders(mesh.plane('B'), 'Mlost')).toEqual([])
    wire.loses = opcodeIs('RA')
    mesh.plane('A').advertise('Mnext', BALANCED)
    mesh.run(10)
    expect(holders(mesh.plane('B'), 'Mlost')).toEqual(['A'])
    expect(holders(mesh.plane('B'), 'Mnext')).toEqual(['A'])
  })

  test('a lost change and a lost answer are made good without another change', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B')
    const wire = mesh.connect('A', 'B')
    mesh.run(10_000)
    wire.loses = opcodeIs('MAU')
    mesh.plane('A').advertise('Mlost', BALANCED)
    mesh.run(2_000)
    wire.loses = () => false
    mesh.run(4_000)
    expect(holders(mesh.plane('B'), 'Mlost')).toEqual(['A'])
  })

  test('a storm of changes ends with what was wished last, in few messages', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    mesh.run(10_000)
    const before = mesh.delivered
    for (let at = 0; at < 2_000; at++) mesh.plane('A').advertise(`Ms${String(at)}`, BALANCED)
    for (let at = 0; at < 2_000; at += 2) mesh.plane('A').withdraw(`Ms${String(at)}`)
    mesh.run(3_000)
    expect(mesh.delivered - before).toBeLessThan(100)
    expect(holders(mesh.plane('C'), 'Ms0')).toEqual([])
    expect(holders(mesh.plane('C'), 'Ms1')).toEqual(['A'])
    expect(holders(mesh.plane('C'), 'Ms1999')).toEqual(['A'])
  })

  test('all holders of an address are known, and the treatment follows its latest', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'B', 'C')
    mesh.line('A', 'B', 'C')
    mesh.plane('A').advertise('Mx', BALANCED)
    mesh.plane('B').advertise('Mx', BALANCED)
    mesh.run(3_000)
    expect(holders(mesh.plane('C'), 'Mx')).toEqual(['A', 'B'])
    mesh.plane('A').advertise('Mx', 1)
    mesh.run(3_000)
    expect(mesh.plane('C').holders('Mx')).toContainEqual({ routerId: 'A', treatment: 1 })
  })
})

describe('a neighbour that speaks for itself', () => {
  function puppet(): { say: (message: ControlMessage) => void; heard: ControlMessage[]; plane: ControlPlane } {
    const { plane } = new MeshSimulation().start('A')
    const heard: ControlMessage[] = []
    const link = {
      peerId: 'P',
      cost: 1,
      send: (bytes: Buffer) => {
        const message = decodeControl(bytes)
        if (message !== undefined) heard.push(message)
      },
    }
    const say = (message: ControlMessage): void => {
      plane.receive(link, encodeControl(message, 'A'))
    }
    plane.linkUp(link)
    say({ opcode: 'HELLO', id: 'P', instance: 1, seen: ['A'] })
    return { say, heard, plane }
  }
  const address = (key: string) => ({ key, treatment: BALANCED, inLinks: 0 })

  test('is greeted, asked for its links and addresses, and told of the change in this order', () => {
    const { heard } = puppet()
    expect(heard.map(({ opcode }) => opcode)).toEqual(['HELLO', 'HELLO', 'LSR', 'MAR', 'RA'])
  })

  test('is not believed an older set of addresses', () => {
    const { say, plane } = puppet()
    say({ opcode: 'MAU', id: 'P', mobileSeq: 5, exist: [address('Mnew')] })
    say({ opcode: 'MAU', id: 'P', mobileSeq: 4, exist: [address('Mold')] })
    say({ opcode: 'MAU', id: 'P', mobileSeq: 5, add: [address('Mold')], del: [] })
    expect(holders(plane, 'Mnew')).toEqual(['P'])
    expect(holders(plane, 'Mold')).toEqual([])
  })

  test('gets addresses only if it has not got them yet', () => {
    const { say, heard, plane } = puppet()
    plane.advertise('Mfoo', BALANCED)
    const before = heard.length
    say({ opcode: 'MAR', id: 'P', haveSeq: 1 })
    expect(heard).toHaveLength(before)
    say({ opcode: 'MAR', id: 'P', haveSeq: 0 })
    expect(heard.at(-1)).toEqual({ opcode: 'MAU', id: 'A', mobileSeq: 1, exist: [address('Mfoo')] })
  })

  test('gets a change of addresses before the advertisement of its number', () => {
    const { heard, plane } = puppet()
    const before = heard.length
    plane.advertise('Mfoo', BALANCED)
    expect(heard.slice(before)).toMatchObject([
      { opcode: 'MAU', mobileSeq: 1, add: [address('Mfoo')], del: [] },
      { opcode: 'RA', mobileSeq: 1 },
    ])
  })

  test('gets the link state it asks for', () => {
    const { say, heard } = puppet()
    say({ opcode: 'LSR', id: 'P' })
    expect(heard.at(-1)).toMatchObject({ opcode: 'LSU', id: 'A', linkSeq: 1, peers: new Map([['P', 1]]) })
  })
})

describe('garbage on a control link', () => {
  test('costs one log line and changes nothing', () => {
    const mesh = new MeshSimulation()
    const { plane, warnings } = mesh.start('A')
    const link = { peerId: 'B', cost: 1, send: () => undefined }
    plane.linkUp(link)
    plane.receive(link, Buffer.from('garbage'))
    plane.receive(link, Buffer.alloc(0))
    plane.receive(link, Buffer.from([0x00, 0x53, 0x73, 0xc0]))
    expect(warnings).toHaveLength(1)
    expect(plane.routers()).toHaveLength(1)
  })

  test('messages on a link that is not up are ignored', () => {
    const mesh = new MeshSimulation()
    const { plane, warnings } = mesh.start('A')
    plane.receive({ peerId: 'B', cost: 1, send: () => undefined }, Buffer.from('garbage'))
    expect(warnings).toEqual([])
  })
})

describe('a router that is about to leave', () => {
  test('is passed by where there is another way, and is the way where there is none', () => {
    const mesh = new MeshSimulation()
    mesh.startAll('A', 'one', 'two', 'Z', 'behind')
    mesh.line('A', 'one', 'Z')
    mesh.line('A', 'two', 'Z')
    mesh.connect('one', 'behind')
    mesh.run(5_000)
    mesh.plane('one').leave()
    mesh.run(5_000)
    expect([mesh.plane('A').nextHop('Z')?.peerId, mesh.plane('Z').nextHop('A')?.peerId]).toEqual(['two', 'two'])
    expect(mesh.plane('A').nextHop('one')?.peerId).toBe('one')
    expect(mesh.plane('A').nextHop('behind')?.peerId).toBe('one')
  })
})
