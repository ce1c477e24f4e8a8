import { expect, test } from 'vitest'
import { SslProfiles } from '../../../../router/tls/ssl-profiles.ts'
import type { TlsMaterial } from '../../../../router/tls/tls-files.ts'

const material = (cert: string): TlsMaterial => ({ ca: 'ca', cert, key: 'key' })
const ignore = (): void => undefined

test('whoever uses a profile is told of new certificates until it stops', () => {
  const profiles = new SslProfiles()
  const told: (string | undefined)[] = []
  profiles.put('site', material('first'))
  const use = profiles.use('site', 'listener a', ({ cert }) => told.push(cert))
  expect(use.tls.cert).toBe('first')
  profiles.put('site', material('second'))
  use.release()
  profiles.put('site', material('third'))
  expect(told).toEqual(['second'])
  expect(profiles.use('site', 'listener b', ignore).tls.cert).toBe('third')
})

test('a profile in use cannot be deleted', () => {
  const profiles = new SslProfiles()
  profiles.put('site', material('first'))
  const use = profiles.use('site', 'listener a', ignore)
  expect(() => {
    profiles.delete('site')
  }).toThrow(expect.objectContaining({ code: 'config/in-use' }) as Error)
  use.release()
  profiles.delete('site')
  expect(() => profiles.use('site', 'listener a', ignore)).toThrow(
    expect.objectContaining({ code: 'config/unknown-profile' }) as Error,
  )
})
