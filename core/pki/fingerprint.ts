import { createHash } from 'node:crypto'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g

/** The SHA-256 of each certificate of a PEM text, in lower-case hex, in the text's order. Nothing is checked. */
export function fingerprintsOf(pem: string): string[] {
  return [...pem.matchAll(CERTIFICATE)].map(([, base64 = '']) =>
    createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex'),
  )
}
