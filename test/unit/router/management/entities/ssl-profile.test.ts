import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fingerprintsOf } from '../../../../../core/pki/fingerprint.ts'
import { issueCredentials } from '../../../../../core/pki/issue.ts'
import { sslProfileType } from '../../../../../router/management/entities/ssl-profile.ts'
import { SslProfiles } from '../../../../../router/tls/ssl-profiles.ts'
import { credentialFiles, testAuthority } from '../../../../support/credential-files.ts'
import { RecordedLog } from '../../../../support/recorded-log.ts'
import { temporaryDirectory } from '../../../../support/temporary-directory.ts'

const USER = { name: 'listener a', replace: () => () => undefined, expire: () => undefined }

const SETTINGS = { mayBeMissing: (name: string) => name === 'other', log: new RecordedLog() }

async function profile() {
  const profiles = new SslProfiles(() => 0)
  const type = sslProfileType({ ...SETTINGS, profiles })
  const authority = await testAuthority('ca')
  const files = await credentialFiles(authority, await temporaryDirectory(), 'a')
  const issued = await issueCredentials(authority, { commonName: 'inline', hosts: [], now: Date.now() })
  const inline = { caCert: issued.ca, cert: issued.certificate, privateKey: issued.key }
  const entity = await type.create?.('site', { ...files })
  if (entity === undefined) throw new Error('not created')
  return { profiles, type, files, entity, inline }
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
  await expect(
    sslProfileType({ ...SETTINGS, profiles: new SslProfiles(() => 0) }).create?.('p', attributes),
  ).rejects.toMatchObject({ code })
})

test('texts replace files, and no answer shows them', async () => {
  const { profiles, type, entity, inline } = await profile()
  const updated = await type.update?.(entity, { ...inline, ordinal: 1 })
  expect(profiles.use('site', USER).tls).toMatchObject({ cert: inline.cert, ca: inline.caCert })
  expect(updated).toMatchObject({ ordinal: 1, certFingerprint: fingerprintsOf(inline.cert)[0] })
  expect(JSON.stringify([updated, ...type.list()])).not.toContain('-----BEGIN')
})

test('empty texts bring the files back', async () => {
  const { profiles, type, entity, files, inline } = await profile()
  await type.update?.(entity, { ...inline, ordinal: 1 })
  await type.update?.(entity, { caCert: '', cert: '', privateKey: '', ordinal: 2 })
  expect(profiles.use('site', USER).tls.cert).toBe(await readFile(files.certFile, 'utf8'))
})

test('a key that cannot be read is not quoted', async () => {
  const { type, entity, inline } = await profile()
  for (const privateKey of ['-----BEGIN private', 'x'.repeat(300_000), 5]) {
    const refused = type.update?.(entity, { ...inline, privateKey })
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('privateKey') as string })
    await expect(refused).rejects.not.toThrow(String(privateKey).slice(0, 30))
  }
})

test('a profile that may be missing waits for an UPDATE', async () => {
  const { profiles, type, inline } = await profile()
  const missing = { caCertFile: '/nowhere', certFile: '/nowhere', privateKeyFile: '/nowhere' }
  await expect(type.create?.('essential', missing)).rejects.toMatchObject({ code: 'config/unreadable-file' })
  const entity = await type.create?.('other', missing)
  if (entity === undefined) throw new Error('not created')
  expect(entity).toMatchObject({ certFingerprint: '', caCertFingerprints: '' })
  expect(profiles.missing('other')).toMatchObject({ code: 'config/unreadable-file' })
  await type.update?.(entity, inline)
  expect(profiles.missing('other')).toBeUndefined()
  expect(profiles.use('other', USER).tls.cert).toBe(inline.cert)
})
