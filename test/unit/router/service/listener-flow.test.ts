import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { ListenerFlow } from '../../../../router/service/listener-flow.ts'
import { FlowNotes } from '../../../support/service-context.ts'

const ORIGIN = { parent: 'abcde:1', sourceHost: '10.0.0.1', sourcePort: '4711' }

function flow() {
  const notes = new FlowNotes()
  return { notes, flow: new ListenerFlow(notes, { ...ORIGIN, observer: 'auto' }) }
}

test('counts both directions; its latency is that of the first answer', () => {
  const { notes, flow: made } = flow()
  made.open('abcde:7')
  expect(notes.flows).toMatchObject([{ id: 'abcde:7', opened: { ...ORIGIN, startTime: 1_000 } }])
  const counts = { bytesIn: 0, bytesOut: 0 }
  made.onStart(counts)
  for (const [at, step] of [
    [1_500, 'onTaken'],
    [1_600, 'onTaken'],
    [1_900, 'onWritten'],
    [2_500, 'onWritten'],
  ] as const) {
    notes.nowUs = at
    made[step](Buffer.from('not http'))
  }
  Object.assign(counts, { bytesIn: 3, bytesOut: 8 })
  expect(notes.flows[0]?.refresh()).toEqual({ octets: 3, octetsReverse: 8, latency: 400 })
  made.onOver(undefined)
  made.onOver(new SkupperError('tcp/late', 'counts no more'))
  expect(notes.flows[0]?.last).toEqual({ octets: 3, octetsReverse: 8, latency: 400 })
})

test('tells of the requests it carries, as parts of itself', () => {
  const { notes, flow: made } = flow()
  made.open('abcde:7')
  made.onTaken(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
  made.onWritten(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))
  expect(notes.requests).toMatchObject([{ opened: { parent: 'abcde:7', method: 'GET' }, last: { result: '204' } }])
})

test('that failed says why', () => {
  const { notes, flow: made } = flow()
  made.open('abcde:7')
  made.onOver(new SkupperError('tcp/refused', 'nobody there'))
  expect(notes.flows[0]?.last).toEqual({ octets: 0, octetsReverse: 0, errorListenerSide: 'tcp/refused: nobody there' })
})
