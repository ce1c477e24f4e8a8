import type { X509Certificate } from 'node:crypto'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { formerIssuer } from '../../core/model/link-issuer.ts'
import { createAuthority, readAuthority, type Authority } from '../../core/pki/authority.ts'
import { fingerprintOf, lifetimeOf, readCertificate, requireKeyOf } from '../../core/pki/certificate.ts'
import { readPrivateKey } from '../../core/pki/key.ts'
import { DEFAULT_RENEWAL_FRACTION, renewAt, type Lifetime } from '../../core/pki/renewal.ts'
import { MAX_COMMON_NAME } from '../../core/pki/signed-asn1.ts'
import type { EnsureOptions } from './ensure-credentials.ts'
import type { DesiredIssuer } from './site-credentials.ts'

/** A CA parts with the one before it this long before that ends, so that nobody is shown what has ended, */
const PARTING_MS = 3_600_000
/** but after most of its life. */
const PARTING_SHARE = 1 / 20

/** The CA of one name, and while it changes the one before it. */
export interface Issuer {
  /** Signs for other sites. */
  readonly authority: Authority
  /** Signs what this site shows: the one that all others trust. */
  readonly showing: Authority
  /** Why something of it was made or removed; undefined if nothing was. */
  readonly reason: string | undefined
}

/**
 * A CA with all that has to be trusted: its own certificate, and that of the one before where there is one. `former` is
 * undefined where there is none. Throws as `readAuthority`.
 */
export function authorityBeside(own: GivenCredentials, former: GivenCredentials | undefined, now: number): Authority {
  const authority = readAuthority(own, now)
  return { ...authority, trust: bundle(authority.trust, former?.certificate) }
}

/**
 * The CA that a site signs with, made where it is missing and renewed when it ends soon. One whose certificates only
 * this site looks at is renewed with its key. One that other sites trust is followed by one with another key, beside
 * which it stays until nobody needs it: what the site shows is signed by the old one until then, and both are trusted.
 */
export async function ensureIssuer({ name, isRolled }: DesiredIssuer, options: EnsureOptions): Promise<Issuer> {
  const { store, now } = options
  const existing = await store.issuer(name)
  if (existing === undefined) return fresh({ name, isRolled, reason: 'it was missing' }, options)
  if (await store.isIssuerSupplied(name)) return alone(readAuthority(existing, now))
  const certificate = certificateWithKey(existing)
  if (!isDue(certificate, options))
    return isRolled ? beside(name, existing, options) : alone(readAuthority(existing, now))
  if (!isRolled) return fresh({ name, isRolled, reason: 'it ends soon', before: existing }, options)
  // There is none to stay beside: everything it signed has ended too.
  if (lifetimeOf(certificate).notAfter <= now) return fresh({ name, isRolled, reason: 'it has ended' }, options)
  return followed(name, existing, options)
}

/** Whether a certificate is in the last part of its life. */
export function isDue(
  certificate: X509Certificate,
  { now, renewalFraction = DEFAULT_RENEWAL_FRACTION }: Pick<EnsureOptions, 'now' | 'renewalFraction'>,
): boolean {
  return now >= renewAt(lifetimeOf(certificate), renewalFraction)
}

interface Fresh extends DesiredIssuer {
  readonly reason: string
  /** Whose key it keeps. */
  readonly before?: GivenCredentials
}

/** A new CA, beside which there is none. */
async function fresh({ reason, before, ...wanted }: Fresh, options: EnsureOptions): Promise<Issuer> {
  await options.store.deleteIssuer(formerIssuer(wanted.name))
  const made = await newAuthority(wanted, options, before)
  return { ...alone(readAuthority(made, options.now)), reason }
}

/** The old one is put aside before the new one takes its place: between the two, the next pass does it again. */
async function followed(name: string, existing: GivenCredentials, options: EnsureOptions): Promise<Issuer> {
  const { ca, certificate = '', key = '' } = existing
  await options.store.putIssuer(formerIssuer(name), { ca, certificate, key })
  const made = await newAuthority({ name, isRolled: true }, options)
  return { ...together(made, existing, options.now), reason: 'it ends soon, and stays trusted beside the next' }
}

async function beside(name: string, existing: GivenCredentials, options: EnsureOptions): Promise<Issuer> {
  const { store, now } = options
  const former = await store.issuer(formerIssuer(name))
  if (former === undefined) return alone(readAuthority(existing, now))
  if (await isNeeded(former, options)) return together(existing, former, now)
  await store.deleteIssuer(formerIssuer(name))
  return { ...alone(readAuthority(existing, now)), reason: 'the one before is not needed any more' }
}

async function isNeeded(former: GivenCredentials, { now, isIssuerInUse }: EnsureOptions): Promise<boolean> {
  const certificate = readCertificate(former.certificate ?? '')
  return now < partingAt(lifetimeOf(certificate)) && (await isIssuerInUse(fingerprintOf(certificate)))
}

function partingAt({ notBefore, notAfter }: Lifetime): number {
  return notAfter - Math.min(PARTING_MS, (notAfter - notBefore) * PARTING_SHARE)
}

function alone(authority: Authority): Issuer {
  return { authority, showing: authority, reason: undefined }
}

function together(own: GivenCredentials, former: GivenCredentials, now: number): Issuer {
  const authority = authorityBeside(own, former, now)
  const showing = { ...readAuthority(former, now), trust: authority.trust }
  return { authority, showing, reason: undefined }
}

async function newAuthority(
  { name, isRolled }: DesiredIssuer,
  { store, now, authorityLifeMs }: EnsureOptions,
  before?: GivenCredentials,
): Promise<GivenCredentials> {
  const made = await createAuthority({
    ...{ commonName: name.slice(0, MAX_COMMON_NAME), now },
    ...(authorityLifeMs === undefined || !isRolled ? {} : { lifeMs: authorityLifeMs }),
    ...(before?.key === undefined ? {} : { key: readPrivateKey(before.key) }),
  })
  await store.putIssuer(name, made)
  return made
}

function certificateWithKey({ certificate = '', key = '' }: GivenCredentials): X509Certificate {
  const read = readCertificate(certificate)
  requireKeyOf(read, readPrivateKey(key))
  return read
}

function bundle(own: string, former: string | undefined): string {
  return former === undefined ? own : [own, former].map((pem) => `${pem.trim()}\n`).join('')
}
