import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decodeMessage, encodeMessage, type DecodedMessage } from '../../../../router/amqp/message.ts'
import { FlowRecords, HOLD_MS, MAX_FLOWS, TELL_AFTER_MS, type FlowPort } from '../../../../router/telemetry/flows.ts'
import { parseTelemetry, recordsMessage, type SentMessage } from '../../../../router/telemetry/messages.ts'
import { TelemetrySource } from '../../../../router/telemetry/source.ts'

/** A network in which the test says who listens. */
class FakeNetwork implements FlowPort {
  sent: SentMessage[] = []
  readonly heard = new Set<string>()
  readonly subscribers = new Map<string, (message: DecodedMessage) => void>()
  readonly #watchers = new Map<string, ((reachable: boolean) => void)[]>()

  send(message: SentMessage): void {
    this.sent.push(message)
  }

  subscribe(address: string, onMessage: (message: DecodedMessage) => void): () => void {
    this.subscribers.set(address, onMessage)
    return () => this.subscribers.delete(address)
  }

  watch(address: string, onChange: (reachable: boolean) => void): () => void {
    this.#watchers.set(address, [...(this.#watchers.get(address) ?? []), onChange])
    return () => this.#watchers.delete(address)
  }

  reachable(address: string): boolean {
    return this.heard.has(address)
  }

  listen(address: string, listening = true): void {
    if (listening) this.heard.add(address)
    else this.heard.delete(address)
    for (const onChange of this.#watchers.get(address) ?? []) onChange(listening)
  }

  /** The records sent to `address` since the last call. */
  records(address: string) {
    const messages = this.sent.filter(({ to }) => to === address)
    this.sent = []
    return messages.flatMap((message) => {
      const parsed = parseTelemetry(decodeMessage(encodeMessage(message)))
      return parsed?.kind === 'records' ? parsed.records : []
    })
  }

  /** What another router tells of the flow `identity`. */
  tell(identity: string, attributes: object): void {
    const message = recordsMessage('vfcr.AAAAA:0', [{ type: 'BIFLOW_TPORT', identity, attributes }])
    this.subscribers.get('vfcr.AAAAA:0')?.(decodeMessage(encodeMessage(message)))
  }
}

const FLOWS = 'mc/sfe.AAAAA:0.flows'
const NONE = () => ({})

let nowMs = 0
let network: FakeNetwork
let source: TelemetrySource
let flows: FlowRecords

beforeEach(() => {
  vi.useFakeTimers()
  nowMs = 1_000_000
  network = new FakeNetwork()
  const now = () => nowMs
  source = new TelemetrySource({ sourceType: 'ROUTER', port: network, now, random: () => 0 })
  flows = new FlowRecords({ source, port: network, now })
})

afterEach(() => {
  vi.useRealTimers()
})

function sentAfter(ms: number) {
  nowMs += ms
  flows.tick()
  source.tick()
  return network.records(FLOWS)
}

test('nothing is kept while nobody listens', () => {
  expect(flows.heard).toBe(false)
  expect(flows.open('AAAAA:1', {}, NONE)).toBeUndefined()
  expect(flows.coRecord('other:1')).toBeUndefined()
  expect(network.subscribers.has('vfcr.AAAAA:0')).toBe(false)
})

test('a flow is sent at once, its figures now and then, its end after a while', () => {
  network.listen(FLOWS)
  let octets = 0
  const flow = flows.open('AAAAA:1', { parent: 'AAAAA:9', startTime: 5 }, () => ({ octets }))
  expect(sentAfter(500)).toMatchObject([
    { type: 'BIFLOW_TPORT', identity: 'AAAAA:1', attributes: { parent: 'AAAAA:9', startTime: 5 } },
  ])
  octets = 7
  expect(sentAfter(2_000)).toMatchObject([{ attributes: { octets: 7 } }])
  flow?.end({ octets: 9 })
  expect(sentAfter(HOLD_MS - 1)).toEqual([])
  expect(sentAfter(1)).toMatchObject([{ attributes: { octets: 9, endTime: (nowMs - HOLD_MS) * 1000 } }])
})

test('what the connector tells is part of the record, and nothing else that it says', () => {
  network.listen(FLOWS)
  flows.open('AAAAA:1', { sourceHost: 'me' }, NONE)?.end({})
  network.tell('AAAAA:1', { connector: 'BBBBB:2', processLatency: 4, trace: 'x'.repeat(5_000), sourceHost: 'forged' })
  network.tell('AAAAA:2', { connector: 'of no flow' })
  network.subscribers.get('vfcr.AAAAA:0')?.(decodeMessage(encodeMessage({ subject: 'RECORD', body: 'no list' })))
  const [record, ...others] = sentAfter(HOLD_MS)
  expect(others).toEqual([])
  expect(record?.attributes).toMatchObject({ connector: 'BBBBB:2', processLatency: 4, sourceHost: 'me' })
  expect(record?.attributes.trace?.length).toBe(1024)
})

test('when the last listener leaves, all is forgotten', () => {
  network.listen(FLOWS)
  const flow = flows.open('AAAAA:1', {}, NONE)
  network.listen(FLOWS, false)
  flow?.end({})
  expect(sentAfter(500)).toEqual([])
  network.listen(FLOWS)
  expect(sentAfter(HOLD_MS)).toEqual([])
})

test('open flows are bounded', () => {
  network.listen(FLOWS)
  for (let n = 0; n < MAX_FLOWS; n++) flows.open(`AAAAA:${String(n)}`, {}, NONE)
  expect(flows.open('AAAAA:one-more', {}, NONE)).toBeUndefined()
})

test('a connector tells the router of the listener, where somebody listens to that, in one message', () => {
  network.listen('mc/sfe.other:0.flows')
  const record = flows.coRecord('other:1')
  expect(record?.isLocal).toBe(false)
  record?.set({ connector: 'AAAAA:3' })
  record?.set({ processLatency: 7 })
  flows.coRecord('other:2')?.set({ errorConnectorSide: 'refused' })
  expect(network.records('vfcr.other:0')).toEqual([])
  vi.advanceTimersByTime(TELL_AFTER_MS)
  expect(network.sent.length).toBe(1)
  expect(network.records('vfcr.other:0')).toMatchObject([
    { identity: 'other:1', attributes: { connector: 'AAAAA:3', processLatency: 7 } },
    { identity: 'other:2', attributes: { errorConnectorSide: 'refused' } },
  ])
})

test.each([undefined, 7, '', 'other', 'a/b:1', `${'x'.repeat(65)}:1`])('%j names no flow', (id) => {
  for (const source of ['other', 'a/b']) network.listen(`mc/sfe.${source}:0.flows`)
  expect(flows.coRecord(id)).toBeUndefined()
})

test('close sends the ends', () => {
  network.listen(FLOWS)
  flows.open('AAAAA:1', {}, NONE)?.end({ octets: 3 })
  flows.close()
  source.close()
  expect(network.records(FLOWS)).toMatchObject([{ attributes: { octets: 3 } }])
})
