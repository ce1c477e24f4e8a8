import { beforeEach, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../../../../router/amqp/message.ts'
import type { DecodedMessage } from '../../../../router/amqp/message.ts'
import { flushMessage, parseTelemetry } from '../../../../router/telemetry/messages.ts'
import type { SentMessage, TelemetryMessage } from '../../../../router/telemetry/messages.ts'
import type { TelemetryPort } from '../../../../router/telemetry/port.ts'
import { TelemetrySource } from '../../../../router/telemetry/source.ts'

/** A network in which the test says who listens, and sees what was sent. */
class FakeNetwork implements TelemetryPort {
  readonly sent: SentMessage[] = []
  readonly #watchers = new Map<string, (reachable: boolean) => void>()
  readonly #subscribers = new Map<string, (message: DecodedMessage) => void>()

  send(message: SentMessage): void {
    this.sent.push(message)
  }

  subscribe(address: string, onMessage: (message: DecodedMessage) => void): () => void {
    this.#subscribers.set(address, onMessage)
    return () => this.#subscribers.delete(address)
  }

  watch(address: string, onChange: (reachable: boolean) => void): () => void {
    this.#watchers.set(address, onChange)
    onChange(false)
    return () => this.#watchers.delete(address)
  }

  listen(address: string, listening = true): void {
    this.#watchers.get(address)?.(listening)
  }

  deliver(message: SentMessage): void {
    this.#subscribers.get(message.to)?.(decodeMessage(encodeMessage(message)))
  }

  get followed(): number {
    return this.#watchers.size + this.#subscribers.size
  }

  /** What was sent since the last call, as a collector reads it. */
  take(): (TelemetryMessage | undefined)[] {
    return this.sent.splice(0).map((message) => parseTelemetry(decodeMessage(encodeMessage(message))))
  }
}

let network = new FakeNetwork()
let nowMs = 0
let source = newSource()

function newSource(): TelemetrySource {
  return new TelemetrySource({ sourceType: 'ROUTER', port: network, now: () => nowMs, random: () => 0 })
}

function tickAfter(ms: number): (TelemetryMessage | undefined)[] {
  nowMs += ms
  source.tick()
  return network.take()
}

beforeEach(() => {
  network = new FakeNetwork()
  nowMs = 1_000_000
  source = newSource()
})

test('nothing is sent while nobody listens', () => {
  source.open('LISTENER', { name: 'a' })
  expect(tickAfter(60_000)).toEqual([])
})

test('a beacon goes out at once when somebody comes, then every ten seconds', () => {
  network.listen('mc/sfe.all')
  expect(tickAfter(0)).toMatchObject([{ kind: 'beacon', beacon: { id: 'AAAAA:0', direct: 'sfe.AAAAA:0' } }])
  expect(tickAfter(9_999)).toEqual([])
  expect(tickAfter(1)).toMatchObject([{ kind: 'beacon' }])
})

test('a heartbeat goes out every two seconds', () => {
  network.listen('mc/sfe.AAAAA:0')
  expect(tickAfter(0)).toEqual([{ kind: 'heartbeat', id: 'AAAAA:0', nowUs: 1_000_000_000 }])
  expect(tickAfter(1_999)).toEqual([])
  expect(tickAfter(1)).toMatchObject([{ kind: 'heartbeat' }])
})

function recordsOf(messages: (TelemetryMessage | undefined)[]): unknown[] {
  return messages.flatMap((message) => (message?.kind === 'records' ? message.records : []))
}

test('a record is sent whole, then only what changed, then its end', () => {
  network.listen('mc/sfe.AAAAA:0')
  const record = source.open('LINK', { name: 'to-b', operStatus: 'down' })
  expect(recordsOf(tickAfter(0))).toEqual([
    {
      type: 'LINK',
      identity: 'AAAAA:1',
      attributes: { parent: 'AAAAA:0', startTime: 1_000_000_000, name: 'to-b', operStatus: 'down' },
    },
  ])
  record.set({ name: 'to-b', operStatus: 'up' })
  expect(recordsOf(tickAfter(500))).toEqual([{ type: 'LINK', identity: 'AAAAA:1', attributes: { operStatus: 'up' } }])
  record.set({ operStatus: 'up' })
  expect(recordsOf(tickAfter(500))).toEqual([])
  record.end()
  record.set({ operStatus: 'down' })
  expect(recordsOf(tickAfter(500))).toEqual([
    { type: 'LINK', identity: 'AAAAA:1', attributes: { endTime: 1_001_000_000 } },
  ])
})

test('a flush brings all base records again, and no ended one', () => {
  network.listen('mc/sfe.AAAAA:0')
  network.listen('mc/sfe.AAAAA:0.logs')
  source.openAs('ROUTER', source.id, { name: '0/a' })
  source.open('LISTENER', { name: 'gone' }).end()
  source.open('LOG', { logText: 'x' })
  tickAfter(0)
  network.deliver(flushMessage('sfe.AAAAA:0'))
  expect(recordsOf(tickAfter(500))).toEqual([
    { type: 'ROUTER', identity: 'AAAAA:0', attributes: { startTime: 1_000_000_000, name: '0/a' } },
  ])
})

test('many records go out in several messages', () => {
  network.listen('mc/sfe.AAAAA:0')
  for (let n = 0; n < 250; n += 1) source.open('LISTENER', { name: String(n) })
  const sizes = tickAfter(0).flatMap((message) => (message?.kind === 'records' ? [message.records.length] : []))
  expect(sizes).toEqual([100, 100, 50])
})

test('messages are numbered', () => {
  network.listen('mc/sfe.all')
  network.listen('mc/sfe.AAAAA:0')
  source.tick()
  expect(network.sent.map((message) => message.messageId)).toEqual([0, 1])
})

test('an end that nobody hears is forgotten', () => {
  source.open('LISTENER', { name: 'a' }).end()
  tickAfter(0)
  network.listen('mc/sfe.AAAAA:0')
  expect(recordsOf(tickAfter(500))).toEqual([])
})

test('closing ends every record and follows nothing any more', () => {
  network.listen('mc/sfe.AAAAA:0')
  source.open('LISTENER', { name: 'a' })
  tickAfter(0)
  source.close()
  expect(recordsOf(network.take())).toMatchObject([{ identity: 'AAAAA:1', attributes: { endTime: 1_000_000_000 } }])
  expect(network.followed).toBe(0)
})
