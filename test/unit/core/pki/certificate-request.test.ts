import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  MAX_REQUEST_BYTES,
  makeCertificateRequest,
  readCertificateRequest,
} from '../../../../core/pki/certificate-request.ts'
import { generateKey, privateKeyPem, publicKeyHash, publicKeyOf } from '../../../../core/pki/key.ts'
import { pemOf } from '../../../../core/pki/signed-asn1.ts'
import { ecLeaf } from '../../../support/foreign-certificates.ts'
import { hasOpenssl, openssl } from '../../../support/openssl.ts'

const badRequest = expect.objectContaining({ code: 'pki/bad-request' }) as Error

let key: KeyObject
let request: Buffer

beforeAll(async () => {
  key = await generateKey()
  request = await makeCertificateRequest(key, 'a-site')
})

test("a request for a key is read as that key, and its hash is the key's", () => {
  const read = readCertificateRequest(request)
  expect(read.publicKey.equals(publicKeyOf(key))).toBe(true)
  expect(read.keyHash).toBe(publicKeyHash(key))
})

test.skipIf(!hasOpenssl)('openssl verifies a request of ours', () => {
  const pem = pemOf('CERTIFICATE REQUEST', request)
  const printed = openssl(['req', '-verify', '-noout', '-subject', '-in', 'request.pem'], { 'request.pem': pem })
  expect(printed).toContain('CN = a-site')
})

describe.skipIf(!hasOpenssl)('a request made by openssl', () => {
  const made = (keyPem: string, ...options: string[]) => {
    const pem = openssl(['req', '-new', '-key', 'key.pem', '-subj', '/CN=x', ...options], { 'key.pem': keyPem })
    return Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  }

  test('is read, with extensions in it', () => {
    const der = made(privateKeyPem(key), '-addext', 'subjectAltName=DNS:a.example')
    expect(readCertificateRequest(der).keyHash).toBe(publicKeyHash(key))
  })

  test('is refused with another kind of key, another digest, or too short a key', () => {
    expect(() => readCertificateRequest(made(ecLeaf.key))).toThrow(badRequest)
    expect(() => readCertificateRequest(made(privateKeyPem(key), '-sha1'))).toThrow(badRequest)
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    expect(() => readCertificateRequest(made(privateKeyPem(short)))).toThrow(badRequest)
  })
})

describe('what is not a request', () => {
  test('cut anywhere, it is refused', () => {
    for (let length = 0; length < request.length; length += 1) {
      expect(() => readCertificateRequest(request.subarray(0, length))).toThrow(badRequest)
    }
  })

  test('with any one bit changed, it is refused', () => {
    for (let bit = 0; bit < request.length * 8; bit += 1) {
      const changed = Buffer.from(request)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => readCertificateRequest(changed)).toThrow(badRequest)
    }
  })

  test('signed by another key than it names, it is refused', async () => {
    const other = await makeCertificateRequest(await generateKey(), 'a-site')
    const signatureBytes = 256
    const mixed = Buffer.concat([request.subarray(0, -signatureBytes), other.subarray(-signatureBytes)])
    expect(() => readCertificateRequest(mixed)).toThrow(badRequest)
  })

  test('followed by more bytes, too long or random, it is refused', () => {
    expect(() => readCertificateRequest(Buffer.concat([request, Buffer.alloc(1)]))).toThrow(badRequest)
    expect(() => readCertificateRequest(Buffer.alloc(MAX_REQUEST_BYTES + 1, 0x30))).toThrow(badRequest)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(() => readCertificateRequest(Buffer.from(bytes))).toThrow(badRequest)
      }),
    )
  })
})
