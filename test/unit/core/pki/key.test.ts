import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  generateKey,
  privateKeyPem,
  publicKeyHash,
  publicKeyOf,
  readPrivateKey,
  signSha256,
} from '../../../../core/pki/key.ts'

test('a generated key is RSA-2048, survives PEM, and signs', async () => {
  const key = await generateKey()
  expect(key.asymmetricKeyType).toBe('rsa')
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048)
  const again = readPrivateKey(privateKeyPem(key))
  expect(again.equals(key)).toBe(true)
  const data = Buffer.from('what is signed')
  expect(verify('sha256', data, publicKeyOf(key), await signSha256(data, again))).toBe(true)
})

test('the event loop goes on while a key is made', async () => {
  let turns = 0
  let made = false
  const count = () => {
    turns += 1
    if (!made) setImmediate(count)
  }
  setImmediate(count)
  await generateKey()
  made = true
  expect(turns).toBeGreaterThan(10)
})

test('the hash of a key is the SHA-256 of its SubjectPublicKeyInfo, for either half', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
  expect(publicKeyHash(pair.privateKey)).toBe(createHash('sha256').update(spki).digest('hex'))
  expect(publicKeyHash(pair.publicKey)).toBe(publicKeyHash(pair.privateKey))
})

test.each(['', 'not a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
  '"%s" is no private key',
  (text) => {
    expect(() => readPrivateKey(text)).toThrow(expect.objectContaining({ code: 'pki/not-a-key' }) as Error)
  },
)
