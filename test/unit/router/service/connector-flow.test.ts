import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { ConnectorFlow } from '../../../../router/service/connector-flow.ts'
import type { CoAttributes } from '../../../../router/service/service-context.ts'

function flow({ isLocal = false, trace = ['0/a', '0/b'] } = {}) {
  const told: CoAttributes[] = []
  const clock = { us: 100 }
  const record = { isLocal, now: () => clock.us, set: (attributes: CoAttributes) => told.push(attributes) }
  return { told, clock, flow: new ConnectorFlow(record, { connector: 'abcde:2', trace }) }
}

test.each([
  ['0/a|0/b', {}],
  ['Local', { isLocal: true }],
  ['Local', { trace: [] }],
])('names its connector and the way %s', (trace, options) => {
  expect(flow(options).told).toEqual([{ connector: 'abcde:2', trace }])
})

test('tells how long the target took from what it was sent first to its first answer', () => {
  const { told, clock, flow: made } = flow()
  made.onConnected(new Socket())
  for (const [at, step] of [
    [150, 'onWritten'],
    [170, 'onTaken'],
    [190, 'onWritten'],
    [250, 'onTaken'],
  ] as const) {
    clock.us = at
    made[step]()
  }
  made.onOver(undefined)
  expect(told.slice(1)).toEqual([{ processLatency: 20 }])
})

test('that failed says why', () => {
  const { told, flow: made } = flow()
  made.onOver(new SkupperError('tcp/refused', 'nobody there'))
  expect(told.at(-1)).toEqual({ errorConnectorSide: 'tcp/refused: nobody there' })
})
