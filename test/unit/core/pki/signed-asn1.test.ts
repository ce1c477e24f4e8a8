import { verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { childrenOf, readDer } from '../../../../core/pki/der.ts'
import { generateKey, publicKeyOf } from '../../../../core/pki/key.ts'
import { distinguishedName, partsOf, pemOf, signedDer } from '../../../../core/pki/signed-asn1.ts'

test('what is signed is the DER of the body, with the algorithm and the signature behind it', async () => {
  const key = await generateKey()
  const [body, algorithm, signature] = childrenOf(readDer(await signedDer(distinguishedName('any'), key)))
  expect(algorithm?.whole.toString('hex')).toBe('300d06092a864886f70d01010b0500')
  expect(body && signature && verify('sha256', body.whole, publicKeyOf(key), signature.content.subarray(1))).toBe(true)
})

test('PEM has lines of at most 64 characters', () => {
  const pem = pemOf('CERTIFICATE', Buffer.alloc(100, 1))
  expect(pem.split('\n').map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0])
  expect(Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64')).toEqual(Buffer.alloc(100, 1))
})

test('a value without parts has none to give', () => {
  expect(() => partsOf(undefined)).toThrow(TypeError)
})
