import { createAuthority, readAuthority, type Authority } from '../core/pki/authority.ts'
import { lifetimeOf, readCertificate } from '../core/pki/certificate.ts'
import { readChain, requireChain } from '../core/pki/chain.ts'
import { hostsOf, normalizedHosts } from '../core/pki/host-names.ts'
import { issueCredentials } from '../core/pki/issue.ts'
import { readPrivateKey } from '../core/pki/key.ts'
import { renewAt, YEAR_MS } from '../core/pki/renewal.ts'
import { checkSupplied } from '../core/pki/supplied.ts'
import type { Credentials, GivenCredentials } from '../core/model/credentials.ts'
import { SkupperError } from '../core/model/error.ts'

/** The Secrets that all replicas share. */
export const AUTHORITY_SECRET = 'skupper-webhook-ca'
export const SERVING_SECRET = 'skupper-webhook-certs'

const AUTHORITY_LIFE_MS = 5 * YEAR_MS
const LEAF_LIFE_MS = YEAR_MS
/** Replicas that are quicker than we are: how often what they wrote is read again. */
const MAX_ATTEMPTS = 5
/** Authorities trusted at once: the one that issues, and those before it. */
const MAX_TRUSTED = 3

/** A Secret with a certificate, as it was read; `version` is that of the object. */
export interface StoredCredentials {
  readonly version: string
  readonly credentials: GivenCredentials
}

/** Where the Secrets of the webhook's namespace are kept. */
export interface SharedSecrets {
  read(name: string): Promise<StoredCredentials | undefined>
  /** False where the Secret is no longer that version (or, without one, where it is there already). */
  write(name: string, credentials: Credentials, version: string | undefined): Promise<boolean>
}

export interface ServingOptions {
  readonly secrets: SharedSecrets
  /** Host names and addresses by which API servers call the webhook. */
  readonly hosts: readonly string[]
  /** Makes API servers trust these certificates (PEM): called before any server shows one that they issued. */
  readonly trust: (bundle: string) => Promise<void>
  /** What this replica made API servers trust last: it counts where the Secrets are gone. */
  readonly trusted?: string | undefined
}

/** What a server shows, with its key; PEM. */
export interface ServingCertificate {
  readonly certificate: string
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}

/**
 * The certificate that the webhook serves with at `now` (milliseconds), made or renewed where needed: from the shared
 * authority, which is made where it is missing. Trust comes first, so that no API server meets a certificate it does
 * not know. Any number of replicas may call it at once. Throws `webhook/certificate` if they never agree.
 */
export async function ensureServingCertificate(options: ServingOptions, now: number): Promise<ServingCertificate> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const serving = await options.secrets.read(SERVING_SECRET)
    const authority = await ensureAuthority(options, serving, now)
    if (authority === undefined) continue
    await options.trust(authority.bundle)
    const leaf = serving === undefined ? undefined : usableLeaf(serving.credentials, { ...options, ...authority, now })
    if (leaf !== undefined) return leaf
    const [commonName = 'skupper-webhook'] = options.hosts
    const request = { commonName: commonName.slice(0, 64), hosts: options.hosts, now, lifeMs: LEAF_LIFE_MS }
    const made = await issueCredentials(authority.issuer, request)
    const credentials = { ...made, ca: authority.bundle }
    if (await options.secrets.write(SERVING_SECRET, credentials, serving?.version)) return served(credentials)
  }
  throw new SkupperError(
    'webhook/certificate',
    `Secret ${SERVING_SECRET} changed at each of ${String(MAX_ATTEMPTS)} tries`,
  )
}

/** A certificate that somebody else makes, such as cert-manager: only read. Throws as of `checkSupplied`. */
export async function suppliedServingCertificate(
  { secrets, name }: { secrets: SharedSecrets; name: string },
  now: number,
): Promise<ServingCertificate> {
  const stored = await secrets.read(name)
  if (stored === undefined) {
    throw new SkupperError('webhook/certificate', `Secret ${name} is not there; wanted one with tls.crt and tls.key`)
  }
  // Who supplies a certificate may leave out who issued it.
  const { certificate = '', ca, key } = stored.credentials
  checkSupplied({ certificate, key, ca: ca === '' ? certificate : ca }, now)
  return served({ certificate, key: key ?? '' })
}

interface TrustedAuthority {
  readonly issuer: Authority
  /** PEM of the issuer and of those before it. */
  readonly bundle: string
}

/** The authority there is, renewed or made; undefined where another replica was quicker. */
async function ensureAuthority(
  { secrets, trusted }: ServingOptions,
  serving: StoredCredentials | undefined,
  now: number,
): Promise<TrustedAuthority | undefined> {
  const stored = await secrets.read(AUTHORITY_SECRET)
  const current = stored === undefined ? undefined : usableAuthority(stored.credentials, now)
  if (current?.isDue === false) return current
  // Renewed with its key, all it issued stays valid. A new one is trusted beside those that issued what is served now.
  const key = current === undefined ? {} : { key: current.issuer.key }
  const made = await createAuthority({ commonName: 'skupper-webhook-ca', now, lifeMs: AUTHORITY_LIFE_MS, ...key })
  const before = [stored?.credentials.ca, serving?.credentials.ca, trusted]
  const bundle = bundleOf([made.certificate, ...before], now)
  const isOurs = await secrets.write(AUTHORITY_SECRET, { ...made, ca: bundle }, stored?.version)
  return isOurs ? { issuer: readAuthority(made, now), bundle } : undefined
}

function usableAuthority(credentials: GivenCredentials, now: number) {
  const issuer = tried(() => readAuthority({ ...credentials, ca: '' }, now))
  if (issuer === undefined) return undefined
  const bundle = bundleOf([credentials.certificate, credentials.ca], now)
  return { issuer, bundle, isDue: now >= renewAt(lifetimeOf(issuer.certificate)) }
}

interface LeafFacts {
  readonly hosts: readonly string[]
  readonly bundle: string
  readonly now: number
}

/** The leaf, if it need not be replaced: in force and not due, issued by who is trusted, for these hosts. */
function usableLeaf(credentials: GivenCredentials, { hosts, bundle, now }: LeafFacts): ServingCertificate | undefined {
  return tried(() => {
    const leaf = checkSupplied(credentials, now)
    requireChain(credentials.certificate ?? '', bundle)
    readPrivateKey(credentials.key ?? '')
    const named = hostsOf(leaf)
    const isForUs = normalizedHosts(hosts).every((host) => named.includes(host))
    if (!isForUs || now >= renewAt(lifetimeOf(leaf))) return undefined
    return served({ certificate: credentials.certificate ?? '', key: credentials.key ?? '' })
  })
}

function served({ certificate, key }: { certificate: string; key: string }): ServingCertificate {
  return { certificate, key, notAfter: lifetimeOf(readCertificate(certificate)).notAfter }
}

/** The certificates of these texts that are in force, each once, the first ones first. */
function bundleOf(texts: readonly (string | undefined)[], now: number): string {
  const all = texts.flatMap((text) => (text === undefined || text === '' ? [] : (tried(() => readChain(text)) ?? [])))
  const inForce = all.filter((certificate) => certificate.ca && lifetimeOf(certificate).notAfter > now)
  const pems = [...new Set(inForce.map((certificate) => certificate.toString()))]
  return pems.slice(0, MAX_TRUSTED).join('')
}

/** What somebody changed by hand may be anything: what cannot be used is made anew. */
function tried<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof SkupperError) return undefined
    throw error
  }
}
