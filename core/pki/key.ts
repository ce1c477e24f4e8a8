import { createHash, createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { SkupperError } from '../model/error.ts'

const RSA_BITS = 2048

const generatePair = promisify(generateKeyPair)
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign)

/** Makes an RSA-2048 private key on the thread pool, so that the event loop goes on. */
export async function generateKey(): Promise<KeyObject> {
  const pair = await generatePair('rsa', { modulusLength: RSA_BITS })
  return pair.privateKey
}

/** The key as PKCS#8 PEM. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' })
}

/** Reads an unencrypted private key of any kind. Throws `pki/not-a-key`; the message never quotes the text. */
export function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new SkupperError('pki/not-a-key', 'Not readable as an unencrypted private key in PEM form.', { cause })
  }
}

/** The public half of a private key; a public key is given back as it is. */
export function publicKeyOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key)
}

/** SHA-256 of the SubjectPublicKeyInfo, in hex: what a key is recognised by. Takes a private or a public key. */
export function publicKeyHash(key: KeyObject): string {
  const spki = publicKeyOf(key).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('hex')
}

/** sha256WithRSAEncryption over `data`, on the thread pool. */
export function signSha256(data: Buffer, key: KeyObject): Promise<Buffer> {
  return signAsync('sha256', data, key)
}
