import { expect, test } from 'vitest'
import { chooseProtocol, connectorFor, deductionText, hostTarget, pairPorts } from '../../../plugin/exposure.ts'
import { connector } from '../../support/resources.ts'

const codeOf = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return (error as { code?: string }).code
  }
}

test('target ports pair with the ports in order or by name', () => {
  expect(pairPorts([80, 81], [])).toEqual([
    { port: 80, targetPort: 80 },
    { port: 81, targetPort: 81 },
  ])
  expect(pairPorts([80], ['8080'])).toEqual([{ port: 80, targetPort: 8080 }])
  expect(pairPorts([80, 81], ['81:9090'])).toEqual([
    { port: 80, targetPort: 80 },
    { port: 81, targetPort: 9090 },
  ])
})

test('target ports that fit no port are refused', () => {
  expect(codeOf(() => pairPorts([80], ['81:9090']))).toBe('port/mapping')
  expect(codeOf(() => pairPorts([80], ['1', '2']))).toBe('port/mapping')
  expect(codeOf(() => pairPorts([80], ['0']))).toBe('port/invalid')
  expect(codeOf(() => pairPorts([80], ['80:70000']))).toBe('port/invalid')
})

test('a target is a host, in one word or two', () => {
  expect(hostTarget('host', 'db.example')).toBe('db.example')
  expect(hostTarget('host/db.example', undefined)).toBe('db.example')
  expect(codeOf(() => hostTarget('pods', 'x'))).toBe('target/type')
  expect(codeOf(() => hostTarget('host', undefined))).toBe('target/name')
})

test('an answer names a protocol only where it was deduced', () => {
  expect(deductionText([chooseProtocol(undefined, 8080)])).toBe(' (protocol http, deduced: port 8080)')
  expect(deductionText([chooseProtocol('tcp', 8080)])).toBe('')
})

test('the first target of a port has the short name, another host a name of its own, the same host its name again', () => {
  const parts = { address: 'api', pair: { port: 80, targetPort: 8080 }, protocol: { protocol: 'http' as const } }
  const nameFor = (host: string, ...existing: ReturnType<typeof connector>[]) =>
    connectorFor({ ...parts, host, existing }).metadata.name
  const first = connector('api:80', 'one.example')
  expect(nameFor('one.example')).toBe('api-80')
  expect(nameFor('one.example', first)).toBe('api-80')
  expect(nameFor('two', first)).toBe('api-80-two')
})
