import { expect, test } from 'vitest'
import { runRouter } from '../support/router-process.ts'
import { takePort } from '../support/taken-port.ts'

const ROUTER = ['router', { id: 'a', mode: 'interior' }]

test.each<[string, unknown, string]>([
  ['text that is no JSON', 'no JSON', 'not JSON'],
  ['no list', { router: {} }, 'list'],
  ['no router', [], 'router'],
  ['an unknown type', [ROUTER, ['nonsense', {}]], 'nonsense'],
  ['an unknown attribute', [ROUTER, ['connector', { name: 'c', bogus: 1 }]], 'bogus'],
  ['a wrong port', [ROUTER, ['listener', { name: 'l', port: 70_000 }]], '70000'],
  [
    'a missing certificate of the local listener',
    [
      ROUTER,
      ['sslProfile', { name: 'p', caCertFile: '/nowhere/ca.crt' }],
      ['listener', { name: 'l', port: 0, sslProfile: 'p' }],
    ],
    '/nowhere/ca.crt',
  ],
  ['an unknown profile', [ROUTER, ['listener', { name: 'l', port: 0, sslProfile: 'p' }]], '"p"'],
  ['a role that is not supported', [ROUTER, ['listener', { name: 'l', port: 0, role: 'inter-edge' }]], 'inter-edge'],
  [
    'a link to an edge router',
    [
      ['router', { id: 'a', mode: 'edge' }],
      ['listener', { name: 'l', port: 0, role: 'inter-router' }],
    ],
    'edge mode',
  ],
  ['two entities of one name', [ROUTER, ['sslProfile', { name: 'p' }], ['sslProfile', { name: 'p' }]], '"p"'],
])('%s ends it at once with one line that names it', async (_title, config, named) => {
  const router = await runRouter(config)
  expect(await router.ended).toEqual({ code: 2, signal: null })
  expect(router.errors).toMatch(/^skupper-router: .*\n$/)
  expect(router.errors).toContain(named)
})

test('a port that is taken ends it with another code', async () => {
  const { port } = await takePort('127.0.0.1')
  const router = await runRouter([ROUTER, ['listener', { name: 'l', host: '127.0.0.1', port }]])
  expect(await router.ended).toEqual({ code: 1, signal: null })
  expect(router.errors).toMatch(/^skupper-router: .*\n$/)
  expect(router.errors).toContain(String(port))
})
