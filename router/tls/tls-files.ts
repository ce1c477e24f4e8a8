import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { SkupperError, messageOf } from '../../core/model/error.ts'
import { readCertificate, requireKeyOf } from '../../core/pki/certificate.ts'
import type { AttributesOf } from '../config/entities.ts'

/** What TLS is made with, all PEM; the key without a password. */
export interface TlsMaterial {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** Grows with each renewal of the certificate. */
  readonly ordinal: number
}

/** TLS material with all that mutual TLS takes. */
export interface MutualTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly ordinal: number
}

export type SslProfileAttributes = AttributesOf<'sslProfile'>

/**
 * Reads the files of an sslProfile and tries what they hold, so that nothing broken gets into use. Throws
 * `config/unreadable-file` or `config/bad-certificate`; the message names profile and file and never quotes a key.
 */
export async function loadTls(profile: SslProfileAttributes): Promise<TlsMaterial> {
  const { caCertFile, certFile, privateKeyFile } = profile
  const [ca, cert, key] = await Promise.all(
    [caCertFile, certFile, privateKeyFile].map((path) => read(profile.name, path)),
  )
  const opened = key === undefined ? undefined : openKey(key, profile)
  const material = { ca, cert, key: opened, ordinal: profile.ordinal }
  tryMaterial(material, profile)
  return material
}

/** The material for an AMQP listener or connector, which needs all files. Throws `config/bad-certificate`. */
export function mutualTls({ ca, cert, key, ordinal }: TlsMaterial, name: string): MutualTls {
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key, ordinal }
  throw bad('needs caCertFile, certFile and privateKeyFile', { name })
}

async function read(profile: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SkupperError('config/unreadable-file', `sslProfile ${profile}: ${messageOf(cause)}`, {
      given: path,
      cause,
    })
  }
}

function openKey(key: string, { name, privateKeyFile, password }: SslProfileAttributes): string {
  try {
    const opened = createPrivateKey(password === undefined ? key : { key, passphrase: password })
    return opened.export({ type: 'pkcs8', format: 'pem' })
  } catch (cause) {
    throw bad(`${String(privateKeyFile)} holds no private key that can be read`, { name, cause })
  }
}

function tryMaterial({ ca, cert, key }: TlsMaterial, { name, caCertFile, certFile }: SslProfileAttributes): void {
  if ((cert === undefined) !== (key === undefined)) {
    throw bad('certFile and privateKeyFile belong together', { name })
  }
  try {
    for (const each of certificatesIn(ca)) readCertificate(each)
  } catch (cause) {
    throw bad(`${String(caCertFile)}: ${messageOf(cause)}`, { name, cause })
  }
  try {
    if (cert !== undefined && key !== undefined) tryPair(cert, key)
  } catch (cause) {
    throw bad(`${String(certFile)}: ${messageOf(cause)}`, { name, cause })
  }
}

/** Each certificate of a bundle by itself; what holds none comes back whole, to be refused. */
function certificatesIn(bundle: string | undefined): readonly string[] {
  if (bundle === undefined) return []
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [bundle]
}

function tryPair(cert: string, key: string): void {
  requireKeyOf(readCertificate(cert), createPrivateKey(key))
  createSecureContext({ cert, key })
}

function bad(what: string, { name, cause }: { name: string; cause?: unknown }): SkupperError {
  return new SkupperError('config/bad-certificate', `sslProfile ${name}: ${what}`, { cause })
}
