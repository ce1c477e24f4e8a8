import { expect, test } from 'vitest'
import { NO_ROUTER, type RouterState } from '../../../../controller/router/router-state.ts'
import {
  connectorWithStatus,
  listenerWithStatus,
  type ConnectorFacts,
} from '../../../../controller/services/service-status.ts'
import { conditionOf, connector, listener } from '../../../support/machine-resources.ts'

const RUNNING: RouterState = {
  ...NO_ROUTER,
  isRunning: true,
  entityNames: new Set(['listener/in', 'connector/out@127.0.0.1']),
}

function facts(changes: Partial<ConnectorFacts> = {}): ConnectorFacts {
  return {
    router: RUNNING,
    matched: { withConnector: new Set(['backend:8080']), withListener: new Set(['backend:8080']) },
    note: undefined,
    refusals: new Map(),
    pods: [],
    now: new Date('2026-11-23T08:00:00Z'),
    ...changes,
  }
}

const listening = (isUp: boolean, message: string): RouterState => ({
  ...RUNNING,
  listeners: new Map([['listener/in', { isUp, message }]]),
})
const refused = (why: string) =>
  new Map([
    ['listener/in', why],
    ['connector/out@127.0.0.1', why],
  ])
const unmatched = { withConnector: new Set<string>(), withListener: new Set<string>() }

test('configured and matched is ready', () => {
  expect(listenerWithStatus(listener('in'), facts()).status).toMatchObject({
    status: 'Ready',
    message: 'OK',
    hasMatchingConnector: true,
  })
  expect(connectorWithStatus(connector('out'), facts()).status).toMatchObject({
    status: 'Ready',
    message: 'OK',
    hasMatchingListener: true,
  })
})

test("without a counterpart it is pending in Skupper v2's words", () => {
  const lone = facts({ matched: unmatched })
  expect(listenerWithStatus(listener('in'), lone).status).toMatchObject({
    status: 'Pending',
    message: 'No matching connectors',
    hasMatchingConnector: false,
  })
  expect(connectorWithStatus(connector('out'), lone).status?.message).toBe('No matching listeners')
})

test('a listener the router listens for has a connector, even if telemetry has not said so', () => {
  const made = listenerWithStatus(listener('in'), facts({ matched: unmatched, router: listening(true, '') }))
  expect(made.status).toMatchObject({ status: 'Ready', hasMatchingConnector: true })
})

test('a port that another program holds is named, with what happens next', () => {
  const router = listening(false, 'port already in use: 127.0.0.1:8080')
  const made = listenerWithStatus(listener('in'), facts({ router }))
  expect(conditionOf(made, 'Configured')).toBe(
    'False Error port 8080 on 127.0.0.1 is in use by another program: the listener starts as soon as it is free',
  )
  const healed = listenerWithStatus(made, facts({ router: listening(true, '') }))
  expect(healed.status?.status).toBe('Ready')
})

test("any other reason not to listen is given in the router's words", () => {
  const made = listenerWithStatus(
    listener('in'),
    facts({ router: listening(false, 'not allowed to listen on 127.0.0.1:80') }),
  )
  expect(conditionOf(made, 'Configured')).toBe('False Error not allowed to listen on 127.0.0.1:80')
})

test.each(['', 'connection reset'])('a listener that is down, last message %j, only waits', (message) => {
  const made = listenerWithStatus(listener('in'), facts({ router: listening(false, message) }))
  expect(conditionOf(made, 'Configured')).toBe('True Ready OK')
})

test.each([
  ['the router is down', { router: NO_ROUTER }, 'False Pending The router is not running'],
  [
    'the router has not got it',
    { router: { ...NO_ROUTER, isRunning: true } },
    'False Pending The router is being configured',
  ],
  [
    'the router refused it',
    { refusals: refused('no such profile') },
    'False Error The router refused it: no such profile',
  ],
])('not configured while %s', (_what, changes, expected) => {
  expect(conditionOf(listenerWithStatus(listener('in'), facts(changes)), 'Configured')).toBe(expected)
  expect(conditionOf(connectorWithStatus(connector('out'), facts(changes)), 'Configured')).toBe(expected)
})

test('what the configuration has to say comes first; a remark does no harm', () => {
  const noted = (reason: 'Pending' | 'Ready', message: string) =>
    facts({
      note: { kind: 'Listener', name: 'in', reason, message },
      refusals: reason === 'Ready' ? new Map() : refused('x'),
    })
  const waiting = listenerWithStatus(listener('in'), noted('Pending', 'credentials not found'))
  expect(conditionOf(waiting, 'Configured')).toBe('False Pending credentials not found')
  const remarked = listenerWithStatus(listener('in'), noted('Ready', 'balanced per connection'))
  expect(conditionOf(remarked, 'Configured')).toBe('True Ready balanced per connection')
  expect(remarked.status?.status).toBe('Ready')
})
