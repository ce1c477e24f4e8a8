import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { errorOf, refusal, statusOf } from '../../../../router/management/status.ts'

test.each([
  ['management/bad-request', 400],
  ['management/forbidden', 403],
  ['management/not-found', 404],
  ['management/failed', 500],
  ['management/not-implemented', 501],
] as const)('%s travels as %i and comes back', (code, status) => {
  expect(statusOf(refusal(code, 'why'))).toBe(status)
  expect(errorOf(status, 'why')).toMatchObject({ code, message: 'why', given: status })
})

test('wrong configuration is the asker’s fault, everything else ours', () => {
  expect(statusOf(new SkupperError('config/invalid-attribute', 'port is 0'))).toBe(400)
  expect(statusOf(new SkupperError('mesh/something', 'broken'))).toBe(500)
  expect(statusOf(new TypeError('bug'))).toBe(500)
})

test('a status that is not known counts as failed', () => {
  expect(errorOf(599, 'odd').code).toBe('management/failed')
})
