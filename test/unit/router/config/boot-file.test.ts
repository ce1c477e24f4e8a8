import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { formatBootFile, parseBootFile } from '../../../../router/config/boot-file.ts'

const failure = (text: string): SkupperError => {
  try {
    parseBootFile(text)
  } catch (error) {
    if (error instanceof SkupperError) return error
  }
  throw new Error('it was parsed')
}

it('reads entities and fills in the defaults', () => {
  const [router, listener] = parseBootFile('[["router",{"id":"a"}],["listener",{"name":"l","port":"amqps"}]]')
  expect(router).toMatchObject({ type: 'router', attributes: { id: 'a', mode: 'standalone', helloMaxAgeSeconds: 3 } })
  expect(listener).toMatchObject({
    type: 'listener',
    attributes: { name: 'l', host: '', port: '5671', role: 'normal', cost: 1, maxFrameSize: 16384, linkCapacity: 250 },
  })
})

it('takes numbers, ports and flags as text too', () => {
  const text = '[["listener",{"name":"l","port":9090,"cost":"3","http":"yes","healthz":"false","sslProfile":""}]]'
  expect(parseBootFile(text)[0]?.attributes).toMatchObject({ port: '9090', cost: 3, http: true, healthz: false })
})

it('writes one entity to a line and leaves out what is undefined', () => {
  const text = formatBootFile([
    ['router', { id: 'a' }],
    ['site', { name: 'west', namespace: undefined }],
  ])
  expect(text).toBe('[\n  ["router",{"id":"a"}],\n  ["site",{"name":"west"}]\n]\n')
})

it.each([
  ['nonsense', 'config/not-json'],
  ['', 'config/not-json'],
  ['{}', 'config/not-a-list'],
  ['[1]', 'config/not-a-list'],
  ['[["router"]]', 'config/not-a-list'],
  ['[["route",{"id":"a"}]]', 'config/unknown-type'],
  ['[[7,{}]]', 'config/unknown-type'],
  ['[["router",{}]]', 'config/invalid-attribute'],
  ['[["router",{"id":7}]]', 'config/invalid-attribute'],
  ['[["router",[]]]', 'config/invalid-attribute'],
  ['[["router",{"id":"a","mode":"star"}]]', 'config/invalid-attribute'],
  ['[["listener",{"name":"l","port":"99999"}]]', 'config/invalid-attribute'],
  ['[["listener",{"name":"l","port":"-1"}]]', 'config/invalid-attribute'],
  ['[["listener",{"name":"l","http":"maybe"}]]', 'config/invalid-attribute'],
  ['[["listener",{"name":"l","cost":1.5}]]', 'config/invalid-attribute'],
  ['[["address",{"distribution":"multicast"}]]', 'config/invalid-attribute'],
])('refuses %s', (text, code) => {
  expect(failure(text).code).toBe(code)
})

it('names entity, type, attribute, what is given and what is wanted', () => {
  const text = '[["router",{"id":"a"}],["tcpListener",{"name":"l","address":"a","port":"http"}]]'
  const error = failure(text)
  expect(error.message).toBe('entity 1 (tcpListener): port is "http"; wanted a port from 0 to 65535')
  expect(error).toMatchObject({ given: 'http', wanted: 'a port from 0 to 65535' })
})

it('names an attribute that it does not know', () => {
  const error = failure('[["tcpListener",{"name":"l","address":"a","port":1,"ports":2}]]')
  expect(error.message).toContain('entity 0 (tcpListener): ports is not a known field')
})

it('never shows a password', () => {
  const error = failure('[["sslProfile",{"name":"p","password":12345}]]')
  expect(error.message).not.toContain('12345')
  expect(error.given).toBeUndefined()
})

it('answers any JSON with entities or a SkupperError', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        return Array.isArray(parseBootFile(text))
      } catch (error) {
        return error instanceof SkupperError
      }
    }),
  )
})
