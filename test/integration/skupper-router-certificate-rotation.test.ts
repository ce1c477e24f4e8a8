import { copyFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { EntityConfig } from '../../router/config/entities.ts'
import type { ManagementClient } from '../../router/management/client.ts'
import { credentialFiles, type ProfileFiles } from '../support/credential-files.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { linkTo, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort, echoPeer, tcpClient } from '../support/tcp-peers.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const HOST = '127.0.0.1'
const MUTUAL = { saslMechanisms: 'EXTERNAL', authenticatePeer: true, requireSsl: true }
const PATIENCE = { deadlineMs: 30_000 }

/** One end of a link, whichever program runs it. */
interface End {
  readonly manager: ManagementClient
  /** Of the sslProfile `site`. */
  readonly files: ProfileFiles
}

interface Listening extends End {
  /** Where it takes links. */
  readonly links: number
  /** Where it takes edge routers. */
  readonly edges: number
  /** Where clients of the echo server behind the dialling end connect. */
  readonly tcp: number
}

async function ourListener(): Promise<Listening> {
  const { entities, clientTls, siteFiles } = await routerConfig('listening', await testAuthorities())
  const tcp = await closedPort()
  const service: EntityConfig = ['tcpListener', { name: 'in', address: 'echo', host: HOST, port: tcp }]
  const access = [
    'listener',
    { name: 'edges', role: 'edge', host: HOST, port: 0, sslProfile: 'site', ...MUTUAL },
  ] as const
  const router = await startRouter([...entities, access, service, await inner()])
  const manager = await manage(await router.port('local'), clientTls)
  return { manager, files: siteFiles, links: await router.port('links'), edges: await router.port('edges'), tcp }
}

async function realListener(): Promise<Listening> {
  const [links, edges, clients, tcp] = [await closedPort(), await closedPort(), await closedPort(), await closedPort()]
  const files = await credentialFiles((await testAuthorities()).site, await temporaryDirectory(), 'real')
  await startSkupperRouter(
    'listening',
    [
      ['sslProfile', { name: 'site', ...files }],
      ['listener', { name: 'links', role: 'inter-router', host: HOST, port: links, sslProfile: 'site', ...MUTUAL }],
      ['listener', { name: 'edges', role: 'edge', host: HOST, port: edges, sslProfile: 'site', ...MUTUAL }],
      ['listener', { name: 'clients', host: HOST, port: clients }],
      await inner(),
      ['tcpListener', { name: 'in', address: 'echo', host: HOST, port: tcp }],
    ],
    [links, edges, clients],
  )
  return { manager: await manage(clients), files, links, edges, tcp }
}

/** What clients of an edge reach. */
async function inner(): Promise<EntityConfig> {
  return ['tcpConnector', { name: 'inner', address: 'inner', host: HOST, port: (await echoPeer()).port }]
}

interface Edge extends End {
  /** Where clients of the echo server behind the interior router connect. */
  readonly tcp: number
}

/** The services of an edge, and its way to the interior router that listens on `port`. */
async function edgeEntities(port: number, tcp: number): Promise<EntityConfig[]> {
  return [
    ['connector', { name: 'up', ...linkTo(port), role: 'edge' }],
    ['tcpConnector', { name: 'out', address: 'echo', host: HOST, port: (await echoPeer()).port }],
    ['tcpListener', { name: 'in', address: 'inner', host: HOST, port: tcp }],
  ]
}

async function ourEdge(port: number): Promise<Edge> {
  const { entities, clientTls, siteFiles } = await routerConfig('edge', await testAuthorities())
  const own = entities.filter(
    ([type, attributes]) => type !== 'router' && !('role' in attributes && attributes.role === 'inter-router'),
  )
  const tcp = await closedPort()
  const router = await startRouter([
    ['router', { id: 'edge', mode: 'edge' }],
    ...own,
    ...(await edgeEntities(port, tcp)),
  ])
  return { manager: await manage(await router.port('local'), clientTls), files: siteFiles, tcp }
}

async function realEdge(port: number): Promise<Edge> {
  const [clients, tcp] = [await closedPort(), await closedPort()]
  const files = await credentialFiles((await testAuthorities()).site, await temporaryDirectory(), 'edge')
  await startSkupperRouter(
    'edge',
    [
      ['router', { id: 'edge', mode: 'edge' }],
      ['sslProfile', { name: 'site', ...files }],
      ['listener', { name: 'clients', host: HOST, port: clients }],
      ...(await edgeEntities(port, tcp)),
    ],
    [clients],
  )
  return { manager: await manage(clients), files, tcp }
}

async function ourDialler(links: number): Promise<End> {
  const { entities, clientTls, siteFiles } = await routerConfig('dialling', await testAuthorities())
  const router = await startRouter([
    ...entities,
    ['connector', { name: 'link', ...linkTo(links) }],
    ['tcpConnector', { name: 'out', address: 'echo', host: HOST, port: (await echoPeer()).port }],
  ])
  return { manager: await manage(await router.port('local'), clientTls), files: siteFiles }
}

async function realDialler(links: number): Promise<End> {
  const clients = await closedPort()
  const files = await credentialFiles((await testAuthorities()).site, await temporaryDirectory(), 'dialling')
  await startSkupperRouter(
    'dialling',
    [
      ['sslProfile', { name: 'site', ...files }],
      ['listener', { name: 'clients', host: HOST, port: clients }],
      ['connector', { name: 'link', ...linkTo(links) }],
      ['tcpConnector', { name: 'out', address: 'echo', host: HOST, port: (await echoPeer()).port }],
    ],
    [clients],
  )
  return { manager: await manage(clients), files }
}

/** Gives a router a certificate of another name, with a higher ordinal. */
async function renew({ manager, files }: End, name: string): Promise<void> {
  const renewed = await credentialFiles((await testAuthorities()).site, await temporaryDirectory(), name)
  await copyFile(renewed.certFile, files.certFile)
  await copyFile(renewed.privateKeyFile, files.privateKeyFile)
  const { ordinal } = await manager.read('sslProfile', { name: 'site' })
  await manager.update('sslProfile', { name: 'site' }, { ordinal: Number(ordinal ?? 0) + 1 })
}

/** How many connections of each role came with a certificate of that name. */
async function connectionsOf({ manager }: End, name: string): Promise<Record<string, number>> {
  const rows = await manager.query('connection')
  const own = rows.filter(({ dir, user }) => dir === 'in' && String(user).includes(`CN=${name}`))
  return Object.fromEntries([...Map.groupBy(own, ({ role }) => String(role))].map(([role, all]) => [role, all.length]))
}

/** A stream through the network that stays open. */
function lasting(port: number) {
  const client = tcpClient(port)
  return {
    client,
    /** Sends words there and back. */
    says: async (words: string): Promise<void> => {
      client.socket.write(words)
      await eventually(() => client.text().endsWith(words), PATIENCE)
    },
  }
}

async function shownBy(port: number): Promise<string> {
  const socket = connect({ host: HOST, port, rejectUnauthorized: false })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return String(subject.CN)
}

/** A stream lives through new certificates of both ends; new connections show them; the old ones end when told. */
async function rotates(listening: Listening, dial: (links: number) => Promise<End>): Promise<void> {
  const dialling = await dial(listening.links)
  await eventually(async () => {
    const client = tcpClient(listening.tcp)
    client.socket.end('there')
    return (await client.outcome) === 'end' && client.text() === 'there'
  }, PATIENCE)
  const stream = lasting(listening.tcp)
  await stream.says('before')

  await renew(listening, 'listening-renewed')
  expect(await shownBy(listening.links)).toBe('listening-renewed')
  await stream.says('after the listener’s')

  await renew(dialling, 'dialling-renewed')
  await eventually(async () => {
    const { 'inter-router': control = 0, 'inter-router-data': data = 0 } = await connectionsOf(
      listening,
      'dialling-renewed',
    )
    return control === 1 && data > 0
  }, PATIENCE)
  // Not once is there no way to the service.
  for (let n = 0; n < 20; n++) {
    const next = lasting(listening.tcp)
    await next.says(`new ${String(n)}`)
    next.client.socket.destroy()
  }
  await stream.says('after the link’s')
  const later = lasting(listening.tcp)
  await later.says('over the new one')

  const { ordinal } = await dialling.manager.read('sslProfile', { name: 'site' })
  await dialling.manager.update('sslProfile', { name: 'site' }, { oldestValidOrdinal: Number(ordinal) })
  expect(await stream.client.outcome).not.toBe('')
  await later.says('still')
  await eventually(async () => Object.keys(await connectionsOf(listening, 'dialling')).length <= 2, PATIENCE)
}

/** Whether a new stream carries words there and back. */
async function asks(port: number, words: string): Promise<boolean> {
  const client = tcpClient(port)
  client.socket.end(words)
  return (await client.outcome) === 'end' && client.text() === words
}

/** Streams each way through an edge live through its new certificate, with which it dials anew at once. */
async function edgeRotates(listening: Listening, dial: (edges: number) => Promise<Edge>): Promise<void> {
  const isReal = dial === realEdge
  const edge = await dial(listening.edges)
  const ports = [listening.tcp, edge.tcp]
  for (const port of ports) {
    await eventually(() => asks(port, 'there'), PATIENCE)
  }
  const streams = ports.map(lasting)
  for (const stream of streams) await stream.says('before')
  await renew(edge, 'edge-renewed')
  const isNew = async () => Object.keys(await connectionsOf(listening, 'edge-renewed')).length > 0
  // Not once is there no way to the service; skupper-router may give a stream back at the moment of its change.
  const attempts = isReal ? PATIENCE : { deadlineMs: 0 }
  for (let n = 0; n < 30; n++)
    for (const port of ports) await eventually(() => asks(port, `new ${String(n)}`), attempts)
  await eventually(isNew, PATIENCE)
  for (const stream of streams) await stream.says('after')
  for (const port of ports) await lasting(port).says('over the new one')
  for (const { client } of streams) client.socket.end()
  expect(await Promise.all(streams.map(({ client }) => client.outcome))).toEqual(['end', 'end'])
  // Ours ends its old connection once it carries nothing, skupper-router when it is told.
  const { ordinal } = await edge.manager.read('sslProfile', { name: 'site' })
  if (isReal) await edge.manager.update('sslProfile', { name: 'site' }, { oldestValidOrdinal: Number(ordinal) })
  await eventually(async () => {
    const users = (await listening.manager.query('connection')).map(({ user }) => String(user))
    return users.includes('CN=edge-renewed') && !users.includes('CN=edge')
  }, PATIENCE)
}

describe('new certificates of an edge router cut no stream', () => {
  test('of ours under ours', async () => {
    await edgeRotates(await ourListener(), ourEdge)
  })

  test.skipIf(SKROUTERD === '')(`of ours under skupper-router${UNLESS_SKROUTERD}`, async () => {
    await edgeRotates(await realListener(), ourEdge)
  })

  test.skipIf(SKROUTERD === '')(`of skupper-router under ours${UNLESS_SKROUTERD}`, async () => {
    await edgeRotates(await ourListener(), realEdge)
  })
})

describe('new certificates cut no stream', () => {
  test('between routers of ours', async () => {
    await rotates(await ourListener(), ourDialler)
  })

  test.skipIf(SKROUTERD === '')(`where ours dials skupper-router${UNLESS_SKROUTERD}`, async () => {
    await rotates(await realListener(), ourDialler)
  })

  test.skipIf(SKROUTERD === '')(`where skupper-router dials ours${UNLESS_SKROUTERD}`, async () => {
    await rotates(await ourListener(), realDialler)
  })
})
