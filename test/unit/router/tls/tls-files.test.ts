import { createPrivateKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Authority } from '../../../../core/pki/authority.ts'
import { parseAttributes } from '../../../../router/config/entities.ts'
import { loadTls } from '../../../../router/tls/tls-files.ts'
import { credentialFiles, testAuthority } from '../../../support/credential-files.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

let authority: Authority

beforeAll(async () => {
  authority = await testAuthority('test-ca')
})

const load = (files: object) => loadTls(parseAttributes('sslProfile', { name: 'site', ...files }))

async function goodFiles(name = 'a') {
  return credentialFiles(authority, await temporaryDirectory(), name)
}

test('a profile is read', async () => {
  const files = await goodFiles()
  expect(await load(files)).toEqual({
    ca: await readFile(files.caCertFile, 'utf8'),
    cert: await readFile(files.certFile, 'utf8'),
    key: await readFile(files.privateKeyFile, 'utf8'),
    ordinal: 0,
  })
})

test('a profile may hold only what to trust', async () => {
  const { caCertFile } = await goodFiles()
  expect(await load({ caCertFile })).toMatchObject({ cert: undefined, key: undefined })
})

test('a key with a password is opened', async () => {
  const files = await goodFiles()
  const key = createPrivateKey(await readFile(files.privateKeyFile))
  const locked = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
  await writeFile(files.privateKeyFile, locked)
  const { key: opened = '' } = await load({ ...files, password: 'secret' })
  expect(createPrivateKey(opened).equals(key)).toBe(true)
  await expect(load(files)).rejects.toMatchObject({ code: 'config/bad-certificate' })
})

test('a file that is not there is named', async () => {
  const files = await goodFiles()
  const certFile = join('/nowhere', 'tls.crt')
  await expect(load({ ...files, certFile })).rejects.toMatchObject({
    code: 'config/unreadable-file',
    given: certFile,
  })
})

test.each(['caCertFile', 'certFile', 'privateKeyFile'] as const)('a broken %s is refused', async (broken) => {
  const files = await goodFiles()
  await writeFile(files[broken], 'no PEM')
  await expect(load(files)).rejects.toMatchObject({ code: 'config/bad-certificate' })
})

test('a key of another certificate is refused', async () => {
  const { privateKeyFile } = await goodFiles('other')
  await expect(load({ ...(await goodFiles()), privateKeyFile })).rejects.toMatchObject({
    code: 'config/bad-certificate',
  })
})

test('a certificate without its key is refused', async () => {
  const { caCertFile, certFile } = await goodFiles()
  await expect(load({ caCertFile, certFile })).rejects.toMatchObject({ code: 'config/bad-certificate' })
})
