import { readdir } from 'node:fs/promises'
import { messageOf } from '../../core/model/error.ts'
import type { Resource } from '../../core/model/resource.ts'
import { durationSetting } from '../../core/model/settings.ts'
import { writeFileAtomic } from '../../core/store/atomic-file.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import { optional } from '../../core/store/file-error.ts'
import type { Store } from '../../core/store/store.ts'
import type { CredentialFiles } from '../../router/config/router-facts.ts'
import { nextOrdinals, readOrdinals, type CredentialOrdinals } from './credential-ordinals.ts'
import type { SiteResources } from '../site/desired.ts'
import { ensureCredentials } from './ensure-credentials.ts'
import type { Log } from '../log.ts'
import { ofKind } from '../site/site-resources.ts'
import { desiredCredentials, LOCAL_SERVER } from './site-credentials.ts'

export interface SiteCertificatesOptions {
  readonly store: Store
  /** Where the numbers of renewals are kept. */
  readonly ordinalsFile: string
  readonly log: Log
}

export interface CertificateWish {
  readonly resources: SiteResources
  readonly managementHost: string
  readonly machineHosts: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
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
  async ensure({ resources, managementHost, machineHosts, now }: CertificateWish): Promise<void> {
    const { store, log } = this.#options
    const { site, accesses } = resources
    const desired = desiredCredentials({ site, accesses, managementHost, machineHosts })
    const lifeMs = durationSetting(site, 'certificate-validity')
    const { made, problems } = await ensureCredentials(desired, { store, now, lifeMs })
    for (const { name, reason } of made) log.info({ credentials: name, reason }, 'certificate made')
    const told = problems.map(({ name, message }) => `credentials ${name}: ${message}`)
    for (const problem of told)
      if (!this.#problems.includes(problem)) log.warn({ problem }, 'credentials need attention')
    this.#problems = told
  }

  /** Removes what we keep for a link, an access or a Secret that is gone. */
  async removeUnnamed({ resources, managementHost, machineHosts }: CertificateWish, stored: readonly Resource[]) {
    const { store, log } = this.#options
    const { site, accesses } = resources
    const { certificates } = desiredCredentials({ site, accesses, managementHost, machineHosts })
    const named = new Set([
      ...credentialNames(resources),
      ...certificates.map(({ name }) => name),
      ...[...ofKind(stored, 'AccessToken'), ...ofKind(stored, 'Secret')].map(({ metadata }) => metadata.name),
    ])
    const kept = (await optional(readdir(store.path('runtime', 'certs')))) ?? []
    for (const name of kept.filter((each) => !each.startsWith('.') && !named.has(each))) {
      await store.deleteCredentials(name)
      log.info({ credentials: name }, 'credentials removed: nothing names them any more')
    }
  }

  /** The files of every set of credentials that the resources name and that is there. */
  async files(resources: SiteResources): Promise<ReadonlyMap<string, CredentialFiles>> {
    const { store, ordinalsFile } = this.#options
    const before = (this.#ordinals ??= await readOrdinals(ordinalsFile))
    const contents = new Map<string, GivenCredentials>()
    const files = new Map<string, CredentialFiles>()
    for (const name of credentialNames(resources)) {
      const [content, paths] = await this.#read(name, store)
      if (content === undefined || paths === undefined) continue
      contents.set(name, content)
      files.set(name, paths)
    }
    const ordinals = nextOrdinals(before, contents)
    this.#ordinals = ordinals
    if (JSON.stringify(ordinals) !== JSON.stringify(before))
      await writeFileAtomic(ordinalsFile, JSON.stringify(ordinals))
    return new Map([...files].map(([name, paths]) => [name, { ...paths, ordinal: ordinals[name]?.ordinal }]))
  }

  /** A set that cannot be read is as good as missing, for those who need it; the others go on. */
  async #read(name: string, store: Store): Promise<[GivenCredentials | undefined, CredentialFiles | undefined]> {
    try {
      return [await store.credentials(name), await store.credentialFiles(name)]
    } catch (error) {
      this.#options.log.warn({ credentials: name, reason: messageOf(error) }, 'credentials cannot be read')
      return [undefined, undefined]
    }
  }
}

function credentialNames({ accesses, links, listeners, connectors }: SiteResources): Set<string> {
  const named = [...accesses, ...links, ...listeners, ...connectors].flatMap(({ spec }) => spec.tlsCredentials ?? [])
  return new Set([LOCAL_SERVER, ...named])
}
