import { pino } from 'pino'
import { expect, test } from 'vitest'
import { logType } from '../../../../../router/management/entities/log.ts'
import { RouterLogs } from '../../../../../router/router-logs.ts'

const agent = { name: 'log/AGENT', identity: 'log/AGENT', module: 'AGENT', enable: 'default' }

test('UPDATE sets what a module logs', async () => {
  const logs = new RouterLogs(pino({ enabled: false }))
  const type = logType(logs)
  expect(type.list()).toContainEqual(agent)
  expect(await type.update?.(agent, { enable: 'debug+' })).toEqual({ ...agent, enable: 'debug+' })
  expect(logs.of('AGENT').level).toBe('debug')
  expect(type.list()).toContainEqual({ ...agent, enable: 'debug+' })
})

test.each([
  ['another module', { module: 'SERVER', enable: 'debug' }, 'management/bad-request'],
  ['an unknown level', { enable: 'loud' }, 'config/invalid-attribute'],
  ['an unknown attribute', { bogus: 1 }, 'config/invalid-attribute'],
])('%s is refused', (_title, attributes, code) => {
  const type = logType(new RouterLogs(pino({ enabled: false })))
  expect(() => type.update?.(agent, attributes)).toThrow(expect.objectContaining({ code }) as Error)
})
