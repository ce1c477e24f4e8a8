import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IdentityKey, keyFile } from '../../../../controller/redemption/identity-key.ts'
import { publicKeyHash } from '../../../../core/pki/key.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

function fakeFile(content?: string) {
  const file = { content, writes: 0, broken: false }
  return {
    file,
    read: () => (file.broken ? Promise.reject(new Error('unreadable')) : Promise.resolve(file.content)),
    write: (pem: string) => {
      file.content = pem
      file.writes += 1
      return Promise.resolve()
    },
  }
}

test('the key is made once, however many ask at once, and read by the next process', async () => {
  const stored = fakeFile()
  const identity = new IdentityKey(stored)
  const keys = await Promise.all([identity.get(), identity.get(), identity.get()])
  expect(stored.file.writes).toBe(1)
  const later = await new IdentityKey(stored).get()
  expect(new Set([...keys, later].map(publicKeyHash)).size).toBe(1)
  expect(stored.file.writes).toBe(1)
})

test('a file that is no key is an error and stays', async () => {
  const stored = fakeFile('damaged')
  await expect(new IdentityKey(stored).get()).rejects.toMatchObject({ code: 'pki/not-a-key' })
  expect(stored.file.content).toBe('damaged')
})

test('a file that cannot be read for now is read at the next call', async () => {
  const stored = fakeFile()
  stored.file.broken = true
  const identity = new IdentityKey(stored)
  await expect(identity.get()).rejects.toThrow('unreadable')
  stored.file.broken = false
  expect((await identity.get()).type).toBe('private')
})

test('a key file is for its owner alone, and another process reads the same key', async () => {
  const path = join(await temporaryDirectory(), 'internal', 'identity.key')
  const made = await new IdentityKey(keyFile(path)).get()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await new IdentityKey(keyFile(path)).get()).equals(made)).toBe(true)
})
