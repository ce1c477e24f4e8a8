import { expect, test } from 'vitest'
import { routerLogging, USUAL_LOGGING } from '../../../../core/model/router-logging.ts'

test.each([
  ['info', [{ module: 'DEFAULT', enable: 'info' }]],
  [USUAL_LOGGING, [{ module: 'ROUTER_CORE', enable: 'error+' }]],
  [
    'notice+,ROUTER:debug,HTTP1_OBSERVER:trace+',
    [
      { module: 'DEFAULT', enable: 'notice+' },
      { module: 'ROUTER', enable: 'debug' },
      { module: 'HTTP1_OBSERVER', enable: 'trace+' },
    ],
  ],
])('%s', (text, levels) => {
  expect(routerLogging(text)).toEqual(levels)
})

test.each(['', 'loud', 'NOBODY:info', 'ROUTER:', 'ROUTER:info,', 'info,DEFAULT:debug', 'info++', 'ROUTER:SERVER:info'])(
  '"%s" is none',
  (text) => {
    expect(routerLogging(text)).toBeUndefined()
  },
)
