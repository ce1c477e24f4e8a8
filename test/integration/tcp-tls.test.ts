import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer, type Server } from 'node:https'
import { readFile } from 'node:fs/promises'
import type { Server as NetServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { EntityConfig } from '../../router/config/entities.ts'
import { credentialFiles, type ProfileFiles } from '../support/credential-files.ts'
import { eventually } from '../support/eventually.ts'
import { manage } from '../support/manage.ts'
import { connectorTo, otherAuthorities, routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'
import { SKROUTERD, startSkupperRouter, UNLESS_SKROUTERD } from '../support/skrouterd.ts'
import { closedPort, tcpPeer } from '../support/tcp-peers.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const HOST = '127.0.0.1'
const PATIENCE = { deadlineMs: 30_000 }
const run = promisify(execFile)

/** Credentials of the service, its clients and its targets: a CA beside those of the routers. */
async function serviceFiles(name: string): Promise<ProfileFiles> {
  return credentialFiles((await testAuthorities()).local, await temporaryDirectory(), name)
}

/** An HTTPS server that answers with what it knows of its client. */
async function target(files: ProfileFiles, options: { requestCert?: boolean } = {}): Promise<number> {
  const [ca, cert, key] = await Promise.all(
    [files.caCertFile, files.certFile, files.privateKeyFile].map((file) => readFile(file)),
  )
  const tls = { ca, cert, key, requestCert: options.requestCert === true, rejectUnauthorized: false }
  const server: Server = createHttpsServer(tls, (request, response) => {
    const { socket } = request
    const shown = 'getPeerCertificate' in socket ? String(Reflect.get(socket, 'alpnProtocol')) : ''
    response.end(`${shown || 'none'} ${'authorized' in socket && socket.authorized === true ? 'known' : 'unknown'}`)
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return portOf(server)
}

function portOf(server: NetServer): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no TCP port')
  return address.port
}

/** What curl gets; throws what it says. */
async function curl(port: number, ...flags: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-sS', '--max-time', '10', ...flags, `https://localhost:${String(port)}/`])
  return stdout
}

/** Two linked routers; the entities of clients at the first, of targets at the second. */
async function pair(clients: readonly EntityConfig[], targets: readonly EntityConfig[]) {
  const authorities = await testAuthorities()
  const [entry, exit] = [await routerConfig('entry', authorities), await routerConfig('exit', authorities)]
  const far = await startRouter([...exit.entities, ...targets])
  const near = await startRouter([...entry.entities, ...clients, connectorTo('link', await far.port('links'))])
  return {
    near: await manage(await near.port('local'), entry.clientTls),
    far: await manage(await far.port('local'), exit.clientTls),
  }
}

const listenerOn = (port: number, more: object = {}): EntityConfig => [
  'tcpListener',
  { name: 'in', address: 'web', host: HOST, port: String(port), sslProfile: 'service', ...more },
]
const connectorOn = (port: number, more: object = {}): EntityConfig => [
  'tcpConnector',
  { name: 'out', address: 'web', host: HOST, port: String(port), sslProfile: 'service', ...more },
]

describe('TLS of clients and targets', () => {
  test('ends at each router, which asks and shows certificates as it is told', async () => {
    const [server, entry, client] = [
      await serviceFiles('server'),
      await serviceFiles('entry'),
      await serviceFiles('me'),
    ]
    const port = await closedPort()
    const { near, far } = await pair(
      [['sslProfile', { name: 'service', ...entry }], listenerOn(port)],
      [
        ['sslProfile', { name: 'service', caCertFile: server.caCertFile }],
        ['sslProfile', { name: 'shown', ...client }],
        connectorOn(await target(server, { requestCert: true })),
      ],
    )
    const trust = ['--cacert', entry.caCertFile]
    // Of the protocols that curl offers the one that any HTTP server speaks is taken, and the target is offered it.
    await eventually(async () => (await curl(port, ...trust)) === 'http/1.1 unknown', PATIENCE)
    expect(await curl(port, ...trust, '--no-alpn')).toMatch(/ unknown$/)
    const { local: stranger } = await otherAuthorities()
    const foreign = await credentialFiles(stranger, await temporaryDirectory(), 'foreign')
    await expect(curl(port, '--cacert', foreign.caCertFile)).rejects.toThrow(/certificate/)

    // With a certificate of its own towards the target, and of the client.
    await far.delete('tcpConnector', { name: 'out' })
    const known = await target(server, { requestCert: true })
    await far.create('tcpConnector', 'out', { ...connectorOn(known)[1], name: 'out', sslProfile: 'shown' })
    await near.delete('tcpListener', { name: 'in' })
    await near.create('tcpListener', 'in', { ...listenerOn(port)[1], name: 'in', authenticatePeer: true })
    const mine = ['--cert', client.certFile, '--key', client.privateKeyFile]
    await eventually(async () => (await curl(port, ...trust, ...mine)) === 'http/1.1 known', PATIENCE)
    await expect(curl(port, ...trust)).rejects.toThrow()
    const theirs = ['--cert', foreign.certFile, '--key', foreign.privateKeyFile]
    await expect(curl(port, ...trust, ...theirs)).rejects.toThrow()

    // A certificate that is replaced is what the next client meets.
    const renewed = await serviceFiles('renewed')
    await near.update('sslProfile', { name: 'service' }, { ...renewed, ordinal: 1 })
    const { stderr } = await run('curl', ['-sv', ...trust, ...mine, `https://localhost:${String(port)}/`])
    expect(stderr).toContain('CN=renewed')
  })

  test('a target of another CA or name, or without TLS, is refused', async () => {
    const [server, entry] = [await serviceFiles('server'), await serviceFiles('entry')]
    const { local: stranger } = await otherAuthorities()
    const foreign = await credentialFiles(stranger, await temporaryDirectory(), 'foreign')
    const port = await closedPort()
    const plain = await tcpPeer((socket) => socket.end('plain'))
    const { far } = await pair(
      [['sslProfile', { name: 'service', ...entry }], listenerOn(port)],
      [['sslProfile', { name: 'service', caCertFile: server.caCertFile }], connectorOn(await target(foreign))],
    )
    const why = async () => String((await far.read('tcpConnector', { name: 'out' }))['connectionMsg'])
    const refused = async (reason: RegExp) => {
      await eventually(async () => {
        await expect(curl(port, '--cacert', entry.caCertFile)).rejects.toThrow()
        expect(await why()).toMatch(reason)
        return true
      }, PATIENCE)
      await far.delete('tcpConnector', { name: 'out' })
    }
    await refused(/self-signed|unable to (verify|get)|certificate/)
    await far.create('tcpConnector', 'out', { ...connectorOn(plain.port)[1], name: 'out' })
    await refused(/cannot connect/)
    const other = await target(server)
    await far.create('tcpConnector', 'out', { ...connectorOn(other)[1], name: 'out', host: '127.0.0.2' })
    await refused(/cannot connect/)
  })

  test('a client that offers only HTTP/2 has it end to end', async () => {
    const [server, entry] = [await serviceFiles('server'), await serviceFiles('entry')]
    const [cert, key] = await Promise.all([readFile(server.certFile), readFile(server.privateKeyFile)])
    const secure = createSecureServer({ cert, key }, (_request, response) => {
      response.end('over h2')
    })
    secure.listen(0, HOST)
    await once(secure, 'listening')
    onTestFinished(() => void secure.close())
    const port = await closedPort()
    await pair(
      [['sslProfile', { name: 'service', ...entry }], listenerOn(port, { observer: 'http2' })],
      [['sslProfile', { name: 'service', caCertFile: server.caCertFile }], connectorOn(portOf(secure))],
    )
    await eventually(async () => (await curl(port, '--cacert', entry.caCertFile, '--http2')) === 'over h2', PATIENCE)
  })

  test('half-closes, and carries what is large', async () => {
    const [server, entry] = [await serviceFiles('server'), await serviceFiles('entry')]
    const [ca, cert, key] = await Promise.all(
      [entry.caCertFile, server.certFile, server.privateKeyFile].map((file) => readFile(file)),
    )
    // Answers only once its client has ended.
    const hashing = createTlsServer({ cert, key, allowHalfOpen: true }, (socket) => {
      const hash = createHash('sha256')
      socket.on('data', (chunk: Buffer) => hash.update(chunk))
      socket.on('end', () => socket.end(hash.digest('hex')))
    })
    hashing.listen(0, HOST)
    await once(hashing, 'listening')
    onTestFinished(() => void hashing.close())
    const port = await closedPort()
    await pair(
      [['sslProfile', { name: 'service', ...entry }], listenerOn(port)],
      [['sslProfile', { name: 'service', caCertFile: server.caCertFile }], connectorOn(portOf(hashing))],
    )
    const bytes = randomBytes(20_000_000)
    await eventually(async () => {
      const client = connectTls({ ...{ host: HOST, port, ca, allowHalfOpen: true } })
      client.end(bytes)
      expect(await text(client)).toBe(createHash('sha256').update(bytes).digest('hex'))
      return true
    }, PATIENCE)
  })

  test.skipIf(SKROUTERD === '')(`beside skupper-router on either side${UNLESS_SKROUTERD}`, async () => {
    const [server, entry] = [await serviceFiles('server'), await serviceFiles('entry')]
    const { entities } = await routerConfig('ours', await testAuthorities())
    const [ourPort, realPort] = [await closedPort(), await closedPort()]
    const ours = await startRouter([
      ...entities,
      ['listener', { name: 'open', role: 'inter-router', host: HOST, port: 0 }],
      ['sslProfile', { name: 'service', ...entry }],
      ['sslProfile', { name: 'trust', caCertFile: server.caCertFile }],
      ['tcpListener', { name: 'in', address: 'theirs', host: HOST, port: ourPort, sslProfile: 'service' }],
      ['tcpConnector', { name: 'out', address: 'ours', host: HOST, port: await target(server), sslProfile: 'trust' }],
    ])
    await startSkupperRouter(
      'real',
      [
        ['connector', { name: 'link', role: 'inter-router', host: HOST, port: await ours.port('open') }],
        ['sslProfile', { name: 'service', ...entry }],
        ['sslProfile', { name: 'trust', caCertFile: server.caCertFile }],
        ['tcpListener', { name: 'in', address: 'ours', host: HOST, port: realPort, sslProfile: 'service' }],
        [
          'tcpConnector',
          { name: 'out', address: 'theirs', host: HOST, port: await target(server), sslProfile: 'trust' },
        ],
      ],
      [],
    )
    const trust = ['--cacert', entry.caCertFile]
    await eventually(async () => (await curl(ourPort, ...trust)) === 'http/1.1 unknown', PATIENCE)
    await eventually(async () => /^(http\/1\.1|none|false) unknown$/.test(await curl(realPort, ...trust)), PATIENCE)
  })
})
