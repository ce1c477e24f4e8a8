import { once } from 'node:events'
import { createServer, request as http1Request, Agent } from 'node:http'
import { connect, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HttpObserver, type ObserverMode } from '../../../../router/observe/http-observer.ts'
import { ObservedRequests } from '../../../support/observed-requests.ts'
import { recordingRelay, type Passed } from '../../../support/recorded-conversation.ts'

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'

/** What an observer tells of a conversation whose bytes come in pieces of that size. */
function observed(
  passed: readonly Passed[],
  { mode = 'auto', piece = 65_536 }: { mode?: ObserverMode; piece?: number } = {},
) {
  const sink = new ObservedRequests()
  const observer = new HttpObserver(mode, sink)
  for (const { from, bytes } of passed) {
    for (let at = 0; at < bytes.length; at += piece) {
      const chunk = bytes.subarray(at, at + piece)
      if (from === 'client') observer.onClientBytes(chunk)
      else observer.onServerBytes(chunk)
    }
  }
  observer.close()
  return sink
}

const said = (...turns: [from: Passed['from'], text: string][]): Passed[] =>
  turns.map(([from, words]) => ({ from, bytes: Buffer.from(words, 'latin1') }))

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** What passes between Node's own HTTP/1 client and server. */
async function http1Conversation(): Promise<Passed[]> {
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      outgoing.statusCode = incoming.url === '/missing' ? 404 : 200
      outgoing.end(incoming.method === 'HEAD' ? undefined : body.toUpperCase())
    })
  })
  const { port, passed } = await recordingRelay(await portOf(server))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const call = async (method: string, path: string, body?: string) => {
    const made = http1Request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent,
      headers: { 'x-forwarded-for': '9.9.9.9, 8.8.8.8' },
    })
    made.end(body)
    const [answer] = (await once(made, 'response')) as [NodeJS.ReadableStream]
    await text(answer)
  }
  await call('GET', '/')
  await call('POST', '/', 'x'.repeat(70_000))
  await call('HEAD', '/')
  await call('DELETE', '/missing')
  agent.destroy()
  return passed
}

/** What passes between Node's own HTTP/2 client and server, without TLS. */
async function http2Conversation(): Promise<Passed[]> {
  const server = createHttp2Server()
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    void text(stream).then((body) => {
      stream.respond({ ':status': headers[':path'] === '/missing' ? 404 : 200, 'x-long': 'v'.repeat(500) })
      stream.end(body.toUpperCase())
    })
  })
  const { port, passed } = await recordingRelay(await portOf(server))
  const client = connect(`http://127.0.0.1:${String(port)}`)
  const call = async (method: string, path: string, body = '') => {
    const stream = client.request(
      { ':method': method, ':path': path, 'x-forwarded-for': '9.9.9.9' },
      { endStream: false },
    )
    stream.end(body)
    await text(stream)
  }
  await Promise.all([call('POST', '/', 'y'.repeat(40_000)), call('GET', '/missing')])
  await call('POST', '/again', 'abc')
  const closed = once(client, 'close')
  client.close()
  await closed
  return passed
}

describe('HTTP/1', () => {
  test('of a real client and server, however its bytes are cut', async () => {
    const passed = await http1Conversation()
    for (const piece of [1, 7, 1_000, 65_536]) {
      const { told, all } = observed(passed, { piece })
      expect(told).toEqual(['GET 200 0/0', 'POST 200 70000/70000', 'HEAD 200 0/0', 'DELETE 404 0/0'])
      expect(all[0]).toMatchObject({
        opened: { protocol: 'HTTP/1.1', sourceHost: '9.9.9.9' },
        last: { reason: 'OK' },
      })
      expect(all[0]?.last?.latency).toBeGreaterThan(0)
    }
  })

  test.each<[name: string, told: string[], turns: [from: Passed['from'], text: string][]]>([
    [
      'pipelined',
      ['GET 200 0/2', 'GET 200 0/2'],
      [
        ['client', GET + GET],
        ['server', OK + OK],
      ],
    ],
    [
      'answered early',
      ['POST 413 3/0'],
      [
        ['client', 'POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc'],
        ['server', 'HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n'],
      ],
    ],
    [
      'with an interim answer',
      ['GET 200 0/2'],
      [
        ['client', GET],
        ['server', 'HTTP/1.1 100 Continue\r\n\r\n' + OK],
      ],
    ],
    [
      'whose answer ends with the connection',
      ['GET 200 0/4'],
      [
        ['client', GET],
        ['server', 'HTTP/1.0 200 OK\r\n\r\nfour'],
      ],
    ],
    [
      'in chunks',
      ['GET 200 0/5'],
      [
        ['client', GET],
        ['server', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
      ],
    ],
    ['that is never answered', ['GET - 0/0'], [['client', GET]]],
    [
      'that becomes another protocol',
      ['GET 101 0/0'],
      [
        ['client', GET],
        ['server', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
        ['client', 'PING'],
        ['server', 'PONG'],
      ],
    ],
    [
      'that is no HTTP',
      [],
      [
        ['client', 'SSH-2.0-x\r\n'],
        ['server', OK],
      ],
    ],
    [
      'that turns to nonsense',
      ['GET 200 0/2'],
      [
        ['client', GET],
        ['server', OK],
        ['client', '\u0000\u0001\r\n\r\n'],
        ['client', GET],
      ],
    ],
    [
      'whose server speaks first',
      [],
      [
        ['server', '220 mail ready\r\n'.repeat(2_000)],
        ['client', GET],
      ],
    ],
  ])('%s', (_, told, turns) => {
    expect(observed(said(...turns)).told).toEqual(told)
  })

  test('of a client that asks without end for no answer is followed for a while only', () => {
    const { all } = observed(said(...Array.from({ length: 2_000 }, () => ['client', GET] as ['client', string])))
    expect(all.length).toBeLessThan(1_000)
    expect(all.every(({ last }) => last !== undefined)).toBe(true)
  })
})

describe('HTTP/2', () => {
  test('of a real client and server, however its bytes are cut', async () => {
    const passed = await http2Conversation()
    for (const piece of [1, 9, 1_000, 65_536]) {
      const { told, all } = observed(passed, { piece })
      expect(told.sort()).toEqual(['GET 404 0/0', 'POST 200 3/3', 'POST 200 40000/40000'])
      expect(all[0]?.opened).toMatchObject({ protocol: 'HTTP/2', sourceHost: '9.9.9.9', streamIdentity: 1 })
    }
  })

  test('cut off anywhere ends every record that was opened', async () => {
    const passed = await http2Conversation()
    for (let turns = 0; turns <= passed.length; turns += 1) {
      expect(observed(passed.slice(0, turns)).all.every(({ last }) => last !== undefined)).toBe(true)
    }
  })
})

test('nothing is looked at where nothing is wanted', () => {
  expect(observed(said(['client', GET], ['server', OK]), { mode: 'none' }).told).toEqual([])
})

test('bytes of any kind break nothing, and leave no record open', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
  const from = fc.constantFrom<Passed['from']>('client', 'server')
  const mode = fc.constantFrom<ObserverMode>('auto', 'http1', 'http2')
  fc.assert(
    fc.property(fc.array(fc.record({ from, bytes })), mode, (passed, chosen) => {
      expect(observed(passed, { mode: chosen }).all.every(({ last }) => last !== undefined)).toBe(true)
    }),
  )
})
