/**
 * A certificate with what belongs to it, all PEM: the keys of a kubernetes.io/tls Secret are `tls.crt`, `tls.key`
 * and `ca.crt`. Without `key` where the private key is kept elsewhere.
 */
export interface Credentials {
  readonly certificate: string
  readonly ca: string
  readonly key?: string
}

/** Credentials as somebody left them: parts may be missing, which whoever reads them reports. */
export interface GivenCredentials {
  readonly ca: string
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}
