import { expect, test } from 'vitest'
import { SkupperError } from '../../../../../core/model/error.ts'
import { useServiceTls } from '../../../../../router/management/entities/service-tls.ts'
import { SslProfiles } from '../../../../../router/tls/ssl-profiles.ts'
import type { TlsMaterial } from '../../../../../router/tls/tls-files.ts'
import { codeOf } from '../../../../support/code-of.ts'

const OWNER = { type: 'tcpListener', name: 'web', sslProfile: 'p' } as const
const material = (ordinal: number): TlsMaterial => ({ ca: undefined, cert: 'cert', key: 'key', ordinal })
const anything = (): void => undefined

function refused(): never {
  throw new SkupperError('config/bad-certificate', 'it will not do')
}

test('a service without a profile speaks no TLS', () => {
  expect(useServiceTls(new SslProfiles(Date.now), { ...OWNER, sslProfile: undefined }, refused).tls).toBeUndefined()
})

test('gets the certificates that replace those it began with, until it is released', () => {
  const profiles = new SslProfiles(Date.now)
  profiles.put('p', material(0), 0)
  const use = useServiceTls(profiles, OWNER, anything)
  const got: number[] = []
  use.follow({ setTls: ({ ordinal }) => got.push(ordinal) })
  profiles.put('p', material(1), 1)
  expect(
    codeOf(() => {
      profiles.delete('p')
    }),
  ).toBe('config/in-use')
  use.release()
  profiles.put('p', material(2), 2)
  profiles.delete('p')
  expect([use.tls?.ordinal, got]).toEqual([0, [1]])
})

test('certificates that will not do are refused, at the beginning and later', () => {
  const profiles = new SslProfiles(Date.now)
  profiles.put('p', material(0), 0)
  expect(codeOf(() => useServiceTls(profiles, OWNER, refused))).toBe('config/bad-certificate')
  useServiceTls(profiles, OWNER, ({ ordinal }) => (ordinal > 0 ? refused() : undefined))
  expect(
    codeOf(() => {
      profiles.put('p', material(1), 0)
    }),
  ).toBe('config/bad-certificate')
  expect(profiles.material('p')?.ordinal).toBe(0)
})
