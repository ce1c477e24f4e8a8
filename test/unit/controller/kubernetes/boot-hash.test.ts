import { expect, test } from 'vitest'
import { bootHash } from '../../../../controller/kubernetes/boot-hash.ts'
import type { EntityConfig } from '../../../../router/config/entities.ts'
import { BUILT_IN, SKUPPER_ROUTER } from '../../../../router/config/engine-capabilities.ts'

const ROUTER: EntityConfig = ['router', { id: 'a', mode: 'interior' }]
const LISTENER: EntityConfig = ['tcpListener', { name: 'listener/x', address: 'x', port: '1' }]
const contents = (ca: string) => new Map([['site', { ca }]])

test('what can be changed over management takes no new pod', () => {
  const hash = bootHash({ entities: [ROUTER], contents: contents('one') }, BUILT_IN)
  expect(bootHash({ entities: [ROUTER, LISTENER], contents: contents('two') }, BUILT_IN)).toBe(hash)
  expect(bootHash({ entities: [['router', { id: 'b' }]], contents: contents('one') }, BUILT_IN)).not.toBe(hash)
})

test('new certificates take a new pod where the router takes them from files only', () => {
  const hash = (pems: ReturnType<typeof contents>) => bootHash({ entities: [ROUTER], contents: pems }, SKUPPER_ROUTER)
  expect(hash(contents('one'))).toBe(hash(contents('one')))
  expect(hash(contents('two'))).not.toBe(hash(contents('one')))
  const several = [...contents('one'), ['other', { ca: 'two' }] as const]
  expect(hash(new Map(several))).toBe(hash(new Map(several.toReversed())))
})
