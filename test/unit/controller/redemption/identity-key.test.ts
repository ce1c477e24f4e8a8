import { expect, test } from 'vitest'
import { IdentityKey } from '../../../../controller/redemption/identity-key.ts'
import { publicKeyHash } from '../../../../core/pki/key.ts'

function keyFile(content?: string) {
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
  const stored = keyFile()
  const identity = new IdentityKey(stored)
  const keys = await Promise.all([identity.get(), identity.get(), identity.get()])
  expect(stored.file.writes).toBe(1)
  const later = await new IdentityKey(stored).get()
  expect(new Set([...keys, later].map(publicKeyHash)).size).toBe(1)
  expect(stored.file.writes).toBe(1)
})

test('a file that is no key is an error and stays', async () => {
  const stored = keyFile('damaged')
  await expect(new IdentityKey(stored).get()).rejects.toMatchObject({ code: 'pki/not-a-key' })
  expect(stored.file.content).toBe('damaged')
})

test('a file that cannot be read for now is read at the next call', async () => {
  const stored = keyFile()
  stored.file.broken = true
  const identity = new IdentityKey(stored)
  await expect(identity.get()).rejects.toThrow('unreadable')
  stored.file.broken = false
  expect((await identity.get()).type).toBe('private')
})
