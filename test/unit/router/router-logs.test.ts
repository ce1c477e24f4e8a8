import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { RouterLogs } from '../../../router/router-logs.ts'

function newLogs(): { logs: RouterLogs; lines: string[] } {
  const lines: string[] = []
  const into = new Writable({
    write(line, _encoding, done) {
      lines.push(String((JSON.parse(String(line)) as { msg: unknown }).msg))
      done()
    },
  })
  return { logs: new RouterLogs(pino({ level: 'info' }, into)), lines }
}

test('a module logs as it is told, the others as before', () => {
  const { logs, lines } = newLogs()
  logs.enable('AGENT', 'warning+')
  logs.of('AGENT').info({}, 'unheard')
  logs.of('AGENT').warn({}, 'heard')
  logs.of('SERVER').info({}, 'as before')
  expect(lines).toEqual(['heard', 'as before'])
  expect(logs.list()).toContainEqual(['AGENT', 'warning+'])
  expect(logs.list()).toContainEqual(['SERVER', 'default'])
})

test('DEFAULT sets what has no level of its own, and default undoes it', () => {
  const { logs, lines } = newLogs()
  logs.enable('AGENT', 'debug')
  logs.enable('DEFAULT', 'none')
  logs.of('AGENT').debug({}, 'own level')
  logs.of('SERVER').error({}, 'silenced')
  logs.enable('DEFAULT', 'default')
  logs.of('SERVER').info({}, 'back')
  expect(lines).toEqual(['own level', 'back'])
})

test('a module without a level of its own any more follows DEFAULT again', () => {
  const { logs, lines } = newLogs()
  logs.enable('SERVER', 'error+')
  logs.enable('SERVER', 'default')
  logs.enable('DEFAULT', 'debug+')
  logs.of('SERVER').debug({}, 'as DEFAULT')
  expect(lines).toEqual(['as DEFAULT'])
})

test('a module that this router has not changes nothing', () => {
  const { logs } = newLogs()
  logs.enable('ROUTER_CORE', 'error+')
  expect(logs.list().map(([module]) => module)).not.toContain('ROUTER_CORE')
})

test('a level that does not exist is refused', () => {
  const { logs } = newLogs()
  expect(() => {
    logs.enable('AGENT', 'loud')
  }).toThrow(expect.objectContaining({ code: 'config/invalid-attribute', given: 'loud' }) as Error)
})
