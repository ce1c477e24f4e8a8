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
  /** SHA-256 (hex) of public keys that are refused though their certificates are valid. */
  readonly revokedKeys?: ReadonlySet<string> | undefined
}

/** TLS material with all that mutual TLS takes. */
export interface MutualTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly ordinal: number
  readonly revokedKeys?: ReadonlySet<string> | undefined
}

export type SslProfileAttributes = AttributesOf<'sslProfile'>

/**
 * Takes the texts of an sslProfile or reads its files, and tries what they hold, so that nothing broken gets into use.
 * With any text no file is read. Throws
 * `config/unreadable-file` or `config/bad-certificate`; the message names profile and file and never quotes a key.
 */
export async function loadTls(profile: SslProfileAttributes): Promise<TlsMaterial> {
  const [ca, cert, key] = await textsOf(profile)
  const opened = key === undefined ? undefined : openKey(key, profile)
  const revokedKeys = profile.revokedKeys === '' ? {} : { revokedKeys: new Set(profile.revokedKeys.split(',')) }
  const material = { ca, cert, key: opened, ordinal: profile.ordinal, ...revokedKeys }
  tryMaterial(material, profile)
  return material
}

/** The material for an AMQP listener or connector, which needs all files. Throws `config/bad-certificate`. */
export function mutualTls({ ca, cert, key, ...others }: TlsMaterial, name: string): MutualTls {
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key, ...others }
  throw bad('needs a CA, a certificate and a private key', { name })
}

async function textsOf(profile: SslProfileAttributes): Promise<(string | undefined)[]> {
  const { name, caCert, cert, privateKey, caCertFile, certFile, privateKeyFile } = profile
  if (isInline(profile)) return [caCert, cert, privateKey]
  return Promise.all([caCertFile, certFile, privateKeyFile].map((path) => read(name, path)))
}

function isInline({ caCert, cert, privateKey }: SslProfileAttributes): boolean {
  return [caCert, cert, privateKey].some((text) => text !== undefined)
}

/** Where the CA, the certificate and the key come from, as messages name it. */
function sourcesOf(profile: SslProfileAttributes) {
  const { caCertFile, certFile, privateKeyFile } = profile
  if (isInline(profile)) return { caSource: 'caCert', certSource: 'cert', keySource: 'privateKey' }
  return { caSource: String(caCertFile), certSource: String(certFile), keySource: String(privateKeyFile) }
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

function openKey(key: string, profile: SslProfileAttributes): string {
  const { name, password } = profile
  try {
    const opened = createPrivateKey(password === undefined ? key : { key, passphrase: password })
    return opened.export({ type: 'pkcs8', format: 'pem' })
  } catch (cause) {
    throw bad(`${sourcesOf(profile).keySource} holds no private key that can be read`, { name, cause })
  }
}

function tryMaterial({ ca, cert, key }: TlsMaterial, profile: SslProfileAttributes): void {
  const { name } = profile
  const { caSource, certSource } = sourcesOf(profile)
  if ((cert === undefined) !== (key === undefined)) {
    throw bad('a certificate and its private key belong together', { name })
  }
  try {
    for (const each of certificatesIn(ca)) readCertificate(each)
  } catch (cause) {
    throw bad(`${caSource}: ${messageOf(cause)}`, { name, cause })
  }
  try {
    if (cert !== undefined && key !== undefined) tryPair(cert, key)
  } catch (cause) {
    throw bad(`${certSource}: ${messageOf(cause)}`, { name, cause })
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
