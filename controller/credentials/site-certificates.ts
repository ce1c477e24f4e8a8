import { messageOf } from '../../core/model/error.ts'
import { durationSetting } from '../../core/model/settings.ts'
import { formerIssuer } from '../../core/model/link-issuer.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../core/model/annotation-names.ts'
import type { Secret } from '../../core/model/secret.ts'
import type { Resource } from '../../core/model/resource.ts'
import type { SiteStore } from '../../core/model/site-store.ts'
import type { CredentialFiles } from '../../router/config/router-facts.ts'
import type { Log } from '../log.ts'
import type { SiteResources } from '../site/site-resources.ts'
import type { CertificateHosts, CredentialPlace } from '../site/premises.ts'
import { ofKind } from '../site/site-resources.ts'
import { nextOrdinals, readOrdinals, type CredentialOrdinals } from './credential-ordinals.ts'
import { ensureCredentials } from './ensure-credentials.ts'
import { desiredCredentials, LOCAL_SERVER } from './site-credentials.ts'
import { oldestValidOrdinal } from './valid-revisions.ts'

export interface SiteCertificatesOptions {
  readonly store: SiteStore
  readonly place: CredentialPlace
  readonly log: Log
}

export interface CertificateWish {
  readonly resources: SiteResources
  readonly hosts: CertificateHosts
  /** Milliseconds since the epoch. */
  readonly now: number
  /** As of `EnsureOptions`. */
  readonly isIssuerInUse: (fingerprint: string) => Promise<boolean>
}

/** What the resources name: where the router reads it, and what is in it. Both by name. */
export interface NamedCredentials {
  readonly files: ReadonlyMap<string, CredentialFiles>
  readonly contents: ReadonlyMap<string, GivenCredentials>
}

/** Keeps the site's own certificates, and tells the router where those of all resources lie. */
export class SiteCertificates {
  readonly #options: SiteCertificatesOptions
  #ordinals: CredentialOrdinals | undefined
  #problems: readonly string[] = []

  constructor(options: SiteCertificatesOptions) {
    this.#options = options
  }

  /** What needs somebody to act, in words. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Makes what is missing and renews what ends soon. */
  async ensure({ resources, hosts, now, isIssuerInUse }: CertificateWish): Promise<void> {
    const { store, log } = this.#options
    const { site, accesses } = resources
    const lifeMs = durationSetting(site, 'certificate-validity')
    const desired = desiredCredentials({ site, accesses, hosts })
    const authorityLifeMs = durationSetting(site, 'authority-validity')
    const lives = { lifeMs, authorityLifeMs }
    const { made, problems } = await ensureCredentials(desired, { store, now, ...lives, isIssuerInUse })
    for (const { name, reason } of made) log.info({ credentials: name, reason }, 'certificate made')
    const told = problems.map(({ name, message }) => `credentials ${name}: ${message}`)
    for (const problem of told)
      if (!this.#problems.includes(problem)) log.warn({ problem }, 'credentials need attention')
    this.#problems = told
  }

  /** Removes what we keep for a link, an access or a Secret that is gone. */
  async removeUnnamed(resources: SiteResources, stored: readonly Resource[]): Promise<void> {
    const { store, place, log } = this.#options
    const { site, accesses } = resources
    // Where nobody knows how to dial an access just now, what was made for it stays.
    const hosts = { local: [], outside: () => [] }
    const { certificates, issuers } = desiredCredentials({ site, accesses, hosts })
    const named = new Set([
      ...credentialNames(resources),
      ...[...certificates, ...issuers].map(({ name }) => name),
      ...issuers.map(({ name }) => formerIssuer(name)),
      ...[...ofKind(stored, 'AccessToken'), ...ofKind(stored, 'Secret').filter(isUsers)].map(
        ({ metadata }) => metadata.name,
      ),
    ])
    for (const name of (await place.kept()).filter((each) => !named.has(each))) {
      await store.deleteCredentials(name)
      log.info({ credentials: name }, 'credentials removed: nothing names them any more')
    }
  }

  /** Every set of credentials that the resources name and that is there. */
  async named(resources: SiteResources): Promise<NamedCredentials> {
    const { place } = this.#options
    const before = (this.#ordinals ??= readOrdinals(await place.ordinals.read()))
    const contents = new Map<string, GivenCredentials>()
    const files = new Map<string, CredentialFiles>()
    for (const name of credentialNames(resources)) {
      const [content, paths] = await this.#read(name)
      if (content === undefined || paths === undefined) continue
      contents.set(name, content)
      files.set(name, paths)
    }
    const ordinals = nextOrdinals(before, contents)
    this.#ordinals = ordinals
    if (JSON.stringify(ordinals) !== JSON.stringify(before)) await place.ordinals.write(JSON.stringify(ordinals))
    const numbered = [...files].map(([name, paths]) => {
      const ordinal = ordinals[name]?.ordinal ?? 0
      return [name, { ...paths, ordinal, oldestValidOrdinal: oldestValidOrdinal(ordinal, name, resources) }] as const
    })
    return { files: new Map(numbered), contents }
  }

  /** A set that cannot be read is as good as missing, for those who need it; the others go on. */
  async #read(name: string): Promise<[GivenCredentials | undefined, CredentialFiles | undefined]> {
    const { store, place, log } = this.#options
    try {
      const content = await store.credentials(name)
      return [content, content && (await place.files(name, content))]
    } catch (error) {
      log.warn({ credentials: name, reason: messageOf(error) }, 'credentials cannot be read')
      return [undefined, undefined]
    }
  }
}

/** What we keep in Secrets is no wish of a user's. */
function isUsers({ metadata }: Secret): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY
}

function credentialNames(resources: SiteResources): Set<string> {
  const { accesses, links, listeners, multiKeyListeners, connectors } = resources
  const named = [...accesses, ...links, ...listeners, ...multiKeyListeners, ...connectors].flatMap(
    ({ spec }) => spec.tlsCredentials ?? [],
  )
  return new Set([LOCAL_SERVER, ...named])
}
