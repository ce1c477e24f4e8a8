import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizedHosts } from '../../../../core/pki/host-names.ts'

const badHost = expect.objectContaining({ code: 'pki/bad-host' }) as Error

test('hosts come in one spelling, each once, sorted', () => {
  expect(
    normalizedHosts(['Site.Example.COM', '127.0.0.1', 'site.example.com', '[2001:DB8:0::1]', '0:0:0:0:0:0:0:1']),
  ).toEqual(['127.0.0.1', '2001:db8::1', '::1', 'site.example.com'])
  expect(normalizedHosts(['*.example.com', 'skupper_router'])).toEqual(['*.example.com', 'skupper_router'])
})

test.each([
  '',
  ' ',
  'a b',
  'a,b',
  'host:443',
  '-x',
  'http://x',
  'a..b',
  '*.',
  'fe80::1%eth0',
  'DNS:x, DNS:y',
  'é.example',
  'x'.repeat(64),
])('refuses "%s"', (host) => {
  expect(() => normalizedHosts([host])).toThrow(badHost)
})

test('refuses more than 100 hosts', () => {
  const hosts = Array.from({ length: 101 }, (_, index) => `h${String(index)}`)
  expect(normalizedHosts(hosts.slice(1))).toHaveLength(100)
  expect(() => normalizedHosts(hosts)).toThrow(badHost)
})

test('any text is a host that stays the same when normalized again, or the one error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6()), (text) => {
      try {
        const once = normalizedHosts([text])
        expect(normalizedHosts(once)).toEqual(once)
      } catch (error) {
        expect(error).toMatchObject({ code: 'pki/bad-host' })
      }
    }),
  )
})
