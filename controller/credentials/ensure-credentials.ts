import { isDeepStrictEqual } from 'node:util'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Credentials, GivenCredentials } from '../../core/model/credentials.ts'
import type { Authority } from '../../core/pki/authority.ts'
import { lifetimeOf, readCertificate, requireIssuedBy, requireKeyOf } from '../../core/pki/certificate.ts'
import { hostsOf, normalizedHosts } from '../../core/pki/host-names.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import { readPrivateKey } from '../../core/pki/key.ts'
import { MAX_COMMON_NAME } from '../../core/pki/signed-asn1.ts'
import { checkSupplied } from '../../core/pki/supplied.ts'
import { ensureIssuer, isDue } from './ensure-issuer.ts'
import type { DesiredCertificate, DesiredCredentials } from './site-credentials.ts'

/** Where credentials are kept. What a user supplied is given in place of ours, and `is…Supplied` tells. */
export interface CredentialStore {
  credentials(name: string): Promise<GivenCredentials | undefined>
  putCredentials(name: string, credentials: Credentials): Promise<void>
  isCertificateSupplied(name: string): Promise<boolean>
  issuer(name: string): Promise<GivenCredentials | undefined>
  putIssuer(name: string, issuer: Credentials): Promise<void>
  isIssuerSupplied(name: string): Promise<boolean>
  deleteIssuer(name: string): Promise<boolean>
}

export interface EnsureOptions {
  readonly store: CredentialStore
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How long certificates that are made now are valid, in milliseconds, */
  readonly lifeMs?: number
  /** and CAs that other sites can be told to follow; others last long. */
  readonly authorityLifeMs?: number
  /** Whether another site still shows, or trusts alone, what this CA has signed (SHA-256 of its certificate, hex). */
  readonly isIssuerInUse: (fingerprint: string) => Promise<boolean>
  /** The part of its life after which a certificate is renewed. */
  readonly renewalFraction?: number
}

/** What was done and what needs somebody to act, each under the name of the credentials. */
export interface EnsuredCredentials {
  readonly made: readonly { readonly name: string; readonly reason: string }[]
  readonly problems: readonly { readonly name: string; readonly message: string }[]
}

/**
 * Makes what is missing and renews what ends soon, names other hosts than wanted, or has another issuer. What a CA has
 * issued stays valid when it is renewed. What a user supplied is checked and left alone; a CA of
 * ours that cannot be read is left too, since a new one would cut every link. Throws only what the store throws.
 */
export async function ensureCredentials(
  desired: DesiredCredentials,
  options: EnsureOptions,
): Promise<EnsuredCredentials> {
  const report = new Report()
  const authorities = new Map<string, Authority>()
  // Side by side: to find the primes of a key takes most of a new site's first second.
  await Promise.all(
    desired.issuers.map((wanted) =>
      report.attempt(wanted.name, async () => {
        const { showing, reason } = await ensureIssuer(wanted, options)
        authorities.set(wanted.name, showing)
        return reason
      }),
    ),
  )
  await Promise.all(
    desired.certificates.map((wanted) =>
      report.attempt(wanted.name, () => ensureCertificate(wanted, authorities.get(wanted.issuer), options)),
    ),
  )
  return report
}

class Report implements EnsuredCredentials {
  readonly made: { name: string; reason: string }[] = []
  readonly problems: { name: string; message: string }[] = []

  /** `task` gives the reason for what it made, or undefined if all was well. */
  async attempt(name: string, task: () => Promise<string | undefined>): Promise<void> {
    try {
      const reason = await task()
      if (reason !== undefined) this.made.push({ name, reason })
    } catch (error) {
      if (!(error instanceof SkupperError) || !error.code.startsWith('pki/')) throw error
      this.problems.push({ name, message: error.message })
    }
  }
}

async function ensureCertificate(wanted: DesiredCertificate, authority: Authority | undefined, options: EnsureOptions) {
  const { name, hosts } = wanted
  const { store, now, lifeMs } = options
  const existing = await store.credentials(name)
  if (existing !== undefined && (await store.isCertificateSupplied(name))) {
    checkSupplied(existing, now)
    return undefined
  }
  if (authority === undefined) {
    throw new SkupperError(
      'pki/no-issuer',
      `The certificate ${name} cannot be issued: its issuer ${wanted.issuer} is not usable.`,
    )
  }
  const reason = faultOf(existing, { hosts, authority, options })
  if (reason === undefined) return undefined
  const leaf = { commonName: commonNameOf(name), hosts, now, ...(lifeMs === undefined ? {} : { lifeMs }) }
  await store.putCredentials(name, await issueCredentials(authority, leaf))
  return reason
}

interface Wanted {
  readonly hosts: readonly string[]
  readonly authority: Authority
  readonly options: EnsureOptions
}

/** Why credentials of ours must be made anew. */
function faultOf(existing: GivenCredentials | undefined, { hosts, authority, options }: Wanted): string | undefined {
  if (existing?.certificate === undefined || existing.key === undefined) return 'it was missing'
  try {
    const certificate = readCertificate(existing.certificate)
    requireKeyOf(certificate, readPrivateKey(existing.key))
    requireIssuedBy(certificate, authority.certificate)
    if (existing.ca !== authority.trust) return 'its issuer was renewed'
    if (!isDeepStrictEqual(hostsOf(certificate), normalizedHosts(hosts))) return 'its hosts changed'
    // Near the end of its issuer a new one would end as soon.
    const wouldLiveLonger = lifetimeOf(authority.certificate).notAfter > lifetimeOf(certificate).notAfter
    return wouldLiveLonger && isDue(certificate, options) ? 'it ends soon' : undefined
  } catch (error) {
    return messageOf(error)
  }
}

function commonNameOf(name: string): string {
  return name.slice(0, MAX_COMMON_NAME)
}
