import type { EntityConfig } from '../../router/config/entities.ts'
import { eventually } from './eventually.ts'
import { manage } from './manage.ts'
import { startRouter } from './router-process.ts'
import { startSkupperRouter } from './skrouterd.ts'
import { closedPort } from './tcp-peers.ts'

const HOST = '127.0.0.1'
const PATIENCE = { deadlineMs: 60_000 }

/** Whose program a router is. */
export type Kind = 'ours' | 'real'

/** One router of a mixed network: a process of its own. */
export interface Member {
  readonly id: string
  readonly kind: Kind
  /** Where clients connect. */
  readonly clients: number
  readonly pid: number
  /** Ends it at once, as a crash would. */
  kill(): void
}

export interface Shape {
  /** Of each router, by its id; started in this order. */
  readonly kinds: Readonly<Record<string, Kind>>
  /** Who dials whom. */
  readonly links: readonly (readonly [from: string, to: string])[]
  /** Who is a neighbour of whom by links among `entities`. */
  readonly reaches?: readonly (readonly [from: string, to: string])[]
  /** What a router has besides its listeners and links. */
  readonly entities?: Readonly<Record<string, readonly EntityConfig[]>>
}

/** Routers of both programs, linked as `shape` says; resolves when each has a way to every other. */
export async function mixedNetwork(shape: Shape): Promise<(id: string) => Member> {
  const ids = Object.keys(shape.kinds)
  const ports = new Map<string, number>()
  for (const id of ids) ports.set(id, await closedPort())
  const members = new Map<string, Member>()
  await Promise.all(
    ids.map(async (id) => members.set(id, await startMember(id, shape, (peer) => ports.get(peer) ?? 0))),
  )
  await Promise.all([...members.values()].map((member) => knowsLinks(member, neighbours(shape))))
  return (id) => {
    const member = members.get(id)
    if (member === undefined) throw new Error(`no router ${id}`)
    return member
  }
}

/** The neighbours of each router, by its id. */
function neighbours({ kinds, links: dialled, reaches = [] }: Shape): ReadonlyMap<string, readonly string[]> {
  const links = [...dialled, ...reaches]
  const ends = [...links, ...links.map(([from, to]) => [to, from] as const)]
  const peersOf = (id: string) => ends.filter(([from]) => from === id).map(([, to]) => to)
  return new Map(Object.keys(kinds).map((id) => [id, peersOf(id).toSorted()]))
}

/** Waits until `member` knows the links of all: until then two may see different ways through the network. */
async function knowsLinks(member: Member, wanted: ReadonlyMap<string, readonly string[]>): Promise<void> {
  await knowsAll(member, [...wanted.keys()])
  const manager = await manage(member.clients)
  await eventually(async () => {
    const nodes = await manager.query('router.node', { attributeNames: ['id', 'linkState'] })
    return nodes.every(({ id, linkState }) => {
      const peers = Array.isArray(linkState) ? linkState.map(String).toSorted() : []
      return peers.join() === wanted.get(String(id))?.join()
    })
  }, PATIENCE)
}

/** Three in a line, `near`, `middle` and `far`, of alternating kinds. */
export function mixedLine(ends: Kind, entities: Shape['entities'] = {}): Promise<(id: string) => Member> {
  const kinds = { near: ends, middle: ends === 'ours' ? ('real' as const) : ('ours' as const), far: ends }
  const links = [
    ['near', 'middle'],
    ['far', 'middle'],
  ] as const
  return mixedNetwork({ kinds, links, entities })
}

/** Starts one router of `shape`, where `portOf` tells the port on which another one takes links. */
export async function startMember(id: string, shape: Shape, portOf: (id: string) => number): Promise<Member> {
  const clients = await closedPort()
  const kind = shape.kinds[id] ?? 'ours'
  const dialled = shape.links.filter(([from]) => from === id).map(([, to]) => to)
  const listener = { host: HOST, port: portOf(id), role: 'inter-router' as const }
  const entities: EntityConfig[] = [
    ['listener', { name: 'routers', ...listener }],
    ['listener', { name: 'clients', host: HOST, port: clients, role: 'normal' }],
    ['address', { prefix: 'mc', distribution: 'multicast' }],
    ...dialled.map((to): EntityConfig => ['connector', { name: to, ...listener, port: String(portOf(to)) }]),
    ...(shape.entities?.[id] ?? []),
  ]
  if (kind === 'real') {
    const real = await startSkupperRouter(id, entities, [portOf(id), clients])
    return {
      ...{ id, kind, clients, pid: real.pid },
      kill: () => {
        real.signal('SIGKILL')
      },
    }
  }
  const router = await startRouter([['router', { id, mode: 'interior' }], ...entities])
  return {
    ...{ id, kind, clients, pid: router.pid },
    kill: () => {
      router.signal('SIGKILL')
    },
  }
}

/** Waits until `member` has a way to all routers of these ids. */
export async function knowsAll(member: Member, ids: readonly string[]): Promise<void> {
  const manager = await manage(member.clients)
  await eventually(async () => {
    const nodes = await manager.query('router.node', { attributeNames: ['id', 'cost', 'nextHop'] })
    const reached = nodes
      .filter(({ id, cost }) => id !== member.id && Number(cost ?? 0) > 0)
      .map(({ id }) => String(id))
    return ids.every((id) => id === member.id || reached.includes(id))
  }, PATIENCE)
}

/** Waits until `member` knows `count` other routers with a consumer of `address`, which is no router's own. */
export async function knowsHolders(member: Member, address: string, count: number): Promise<void> {
  const manager = await manage(member.clients)
  await eventually(async () => {
    const rows = await manager.query('router.address', { attributeNames: ['key', 'remoteCount'] })
    const row = rows.find(({ key }) => key === `M${address}`)
    return Number(row?.['remoteCount'] ?? 0) === count
  }, PATIENCE)
}
