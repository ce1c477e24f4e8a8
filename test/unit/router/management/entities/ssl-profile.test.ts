import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { sslProfileType } from '../../../../../router/management/entities/ssl-profile.ts'
import { SslProfiles } from '../../../../../router/tls/ssl-profiles.ts'
import { credentialFiles, testAuthority } from '../../../../support/credential-files.ts'
import { temporaryDirectory } from '../../../../support/temporary-directory.ts'

const USER = { name: 'listener a', replace: () => () => undefined, expire: () => undefined }

async function profile() {
  const profiles = new SslProfiles(() => 0)
  const type = sslProfileType(profiles)
  const files = await credentialFiles(await testAuthority('ca'), await temporaryDirectory(), 'a')
  const entity = await type.create?.('site', { ...files })
  if (entity === undefined) throw new Error('not created')
  return { profiles, type, files, entity }
}

test('certificates are in use from CREATE on, and gone with DELETE', async () => {
  const { profiles, type, entity } = await profile()
  expect(entity).toMatchObject({ name: 'site', identity: 'sslProfile/site', ordinal: 0 })
  profiles.use('site', USER).release()
  await type.delete?.(entity)
  expect(() => profiles.use('site', USER)).toThrow(expect.objectContaining({ code: 'config/unknown-profile' }) as Error)
})

test('an UPDATE with a broken file changes nothing', async () => {
  const { profiles, type, files, entity } = await profile()
  const before = profiles.use('site', USER).tls
  await writeFile(files.certFile, 'broken')
  await expect(type.update?.(entity, { ordinal: 1 })).rejects.toMatchObject({ code: 'config/bad-certificate' })
  expect(profiles.use('site', USER).tls).toBe(before)
  expect(type.list()).toMatchObject([{ ordinal: 0 }])
})

test.each([
  ['ciphers, which have no effect here', { ciphers: 'AES' }, 'config/not-supported'],
  ['an oldest valid ordinal above the own', { ordinal: 1, oldestValidOrdinal: 2 }, 'config/invalid-attribute'],
])('%s are refused', async (_title, attributes, code) => {
  await expect(sslProfileType(new SslProfiles(() => 0)).create?.('p', attributes)).rejects.toMatchObject({ code })
})
