import { beforeEach, expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { SslProfiles } from '../../../../router/tls/ssl-profiles.ts'
import type { ProfileUser } from '../../../../router/tls/ssl-profiles.ts'
import type { TlsMaterial } from '../../../../router/tls/tls-files.ts'

const material = (cert: string, ordinal = 0): TlsMaterial => ({ ca: 'ca', cert, key: 'key', ordinal })
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

/** Notes what it is told, and cannot work with certificates that are `unfit`. */
class FakeUser implements ProfileUser {
  readonly name = 'listener a'
  readonly taken: (string | undefined)[] = []
  readonly expired: number[] = []

  replace({ cert }: TlsMaterial): () => void {
    if (cert === 'unfit') throw new SkupperError('config/bad-certificate', 'unfit')
    return () => this.taken.push(cert)
  }

  expire(beforeMs: number): void {
    this.expired.push(beforeMs)
  }
}

let nowMs = 0
let profiles = new SslProfiles(() => nowMs)

beforeEach(() => {
  nowMs = 100
  profiles = new SslProfiles(() => nowMs)
  profiles.put('site', material('first', 1), 0)
})

test('whoever uses a profile gets new certificates until it stops', () => {
  const user = new FakeUser()
  const use = profiles.use('site', user)
  expect(use.tls.cert).toBe('first')
  profiles.put('site', material('second'), 0)
  use.release()
  profiles.put('site', material('third'), 0)
  expect(user.taken).toEqual(['second'])
  expect(profiles.use('site', user).tls.cert).toBe('third')
})

test('if one user cannot work with new certificates nobody gets them', () => {
  const user = new FakeUser()
  profiles.use('site', user)
  expect(() => {
    profiles.put('site', material('unfit', 2), 0)
  }).toThrow(code('config/bad-certificate'))
  expect(profiles.use('site', new FakeUser()).tls.cert).toBe('first')
  expect(user.taken).toEqual([])
})

test('connections older than the oldest valid certificates are to be closed', () => {
  const user = new FakeUser()
  profiles.use('site', user)
  nowMs = 200
  profiles.put('site', material('second', 2), 0)
  nowMs = 300
  profiles.put('site', material('third', 3), 2)
  expect(user.expired).toEqual([100, 200])
})

test('a profile in use cannot be deleted', () => {
  const use = profiles.use('site', new FakeUser())
  expect(() => {
    profiles.delete('site')
  }).toThrow(code('config/in-use'))
  use.release()
  profiles.delete('site')
  expect(() => profiles.use('site', new FakeUser())).toThrow(code('config/unknown-profile'))
})

test('whoever needs a missing profile begins when it comes', () => {
  const begun: string[] = []
  const waiter = (name: string) => ({ name, begin: () => void begun.push(name) })
  profiles.putMissing('late', new SkupperError('config/unreadable-file', 'no file'))
  expect(profiles.missing('late')?.message).toBe('no file')
  expect(profiles.material('late')).toBeUndefined()
  profiles.await('late', waiter('listener a'))
  const stop = profiles.await('late', waiter('listener b'))
  stop()
  expect(() => {
    profiles.delete('late')
  }).toThrow(code('config/in-use'))
  profiles.put('late', material('first'), 0)
  expect(begun).toEqual(['listener a'])
  expect(profiles.missing('late')).toBeUndefined()
  expect(profiles.missing('site')).toBeUndefined()
})
