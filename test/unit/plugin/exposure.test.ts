import { expect, test } from 'vitest'
import { chooseProtocol, connectorFor, deductionText, listenerFor } from '../../../plugin/exposure.ts'
import type { Target } from '../../../plugin/target.ts'
import { connector } from '../../support/resources.ts'

const pair = { port: 80, targetPort: 8080 }
const http = { protocol: 'http' as const }
const hostTarget = (name: string): Target => ({ type: 'host', name, exit: { host: name }, ports: [] })
const backend: Target = { type: 'deployment', name: 'backend', exit: { selector: 'app=backend' }, ports: [] }

test('an answer names a protocol only where it was deduced', () => {
  expect(deductionText([chooseProtocol(undefined, { port: 8080 })])).toBe(' (protocol http, deduced: port 8080)')
  expect(deductionText([chooseProtocol('tcp', { port: 8080 })])).toBe('')
})

test('the first target of a port has the short name, another a name of its own, the same its name again', () => {
  const nameFor = (target: Target, ...existing: ReturnType<typeof connector>[]) =>
    connectorFor({ address: 'api', pair, target, protocol: http, existing }).metadata.name
  const first = connector('api:80', 'one.example')
  expect(nameFor(hostTarget('one.example'))).toBe('api-80')
  expect(nameFor(hostTarget('one.example'), first)).toBe('api-80')
  expect(nameFor(hostTarget('two'), first)).toBe('api-80-two')
  expect(nameFor(backend, first)).toBe('api-80-deployment-backend')
})

test('a connector to a workload has its selector, and its name in an annotation', () => {
  const made = connectorFor({ address: 'api', pair, target: backend, protocol: http, existing: [] })
  expect(made.spec).toEqual({ routingKey: 'api:80', selector: 'app=backend', port: 8080, type: 'http' })
  expect(made.metadata.annotations).toEqual({ 'internal.skupper.io/target': 'deployment/backend' })
})

test('a deduced protocol is marked as such', () => {
  const protocol = chooseProtocol(undefined, { portName: 'grpc' })
  const { spec } = listenerFor({ address: 'api', port: 80, host: 'api', protocol })
  expect(spec).toMatchObject({ host: 'api', port: 80, type: 'http2', settings: { 'protocol-deduced': 'true' } })
})
