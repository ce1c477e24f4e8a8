import { expect, test } from 'vitest'
import type { CurrentEntity } from '../../../../router/config/entity-diff.ts'
import { logChanges } from '../../../../router/config/log-changes.ts'

const reported = (module: string, enable?: string): CurrentEntity => {
  return { type: 'log', attributes: { name: `log/${module}`, module, ...(enable === undefined ? {} : { enable }) } }
}
const wanted = (module: string, enable: string): CurrentEntity => ({ type: 'log', attributes: { module, enable } })
const update = (module: string, enable: string) => ({ type: 'log', name: `log/${module}`, attributes: { enable } })

test('what is as wanted, or as usual, stays', () => {
  const router = [
    reported('SERVER'),
    reported('AGENT', 'default'),
    reported('DEFAULT', 'info+'),
    reported('HTTP', 'debug'),
  ]
  expect(logChanges(router, [wanted('HTTP', 'debug')])).toEqual([])
})

test('a module is told what it is to log, and goes back to the usual when nobody says anything', () => {
  const router = [reported('SERVER'), reported('AGENT', 'debug+'), reported('DEFAULT', 'trace')]
  expect(logChanges(router, [wanted('SERVER', 'error+')])).toEqual([
    update('SERVER', 'error+'),
    update('AGENT', 'default'),
    update('DEFAULT', 'info+'),
  ])
})

test('a module that the router has not is left out', () => {
  expect(logChanges([reported('SERVER')], [wanted('POLICY', 'debug')])).toEqual([])
})
