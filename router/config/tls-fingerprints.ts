import { fingerprintsOf } from '../../core/pki/fingerprint.ts'

/** What an sslProfile works with, told by SHA-256 in hex: attributes that only the router sets. */
export interface TlsFingerprints {
  /** Of the certificate that is shown; empty where there is none. */
  readonly certFingerprint: string
  /** Of all certificates that are trusted, with commas between; empty where there are none. */
  readonly caCertFingerprints: string
}

export const FINGERPRINT_ATTRIBUTES = ['certFingerprint', 'caCertFingerprints'] as const

/** The fingerprints of a certificate and the CAs beside it, both PEM. */
export function tlsFingerprints({ ca = '', cert = '' }: { ca?: unknown; cert?: unknown }): TlsFingerprints {
  return {
    certFingerprint: fingerprintsOf(String(cert))[0] ?? '',
    caCertFingerprints: fingerprintsOf(String(ca)).join(),
  }
}
