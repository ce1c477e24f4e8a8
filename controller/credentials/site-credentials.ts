import type { RouterAccess } from '../../core/model/router-access.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'

/** Names of Skupper v2 (skupper-v2 sheet, sections 1.1 and 4), and of the local listener's own credentials. */
const SITE_ISSUER = 'skupper-site-ca'
const GRANT_SERVER_ISSUER = 'skupper-grant-server-ca'
export const GRANT_SERVER = 'skupper-grant-server'
const LOCAL_ISSUER = 'skupper-local-ca'
export const LOCAL_SERVER = 'skupper-local-server'
export const LOCAL_CLIENT = 'skupper-local-client'

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1']
const WILDCARDS = ['0.0.0.0', '::']

export interface DesiredCertificate {
  readonly name: string
  /** Name of the CA that issues it. */
  readonly issuer: string
  /** Host names and IP addresses it is valid for as a server; a client's has none. */
  readonly hosts: readonly string[]
}

/** The certificates a site needs, and the CAs for them. */
export interface DesiredCredentials {
  readonly issuers: readonly string[]
  readonly certificates: readonly DesiredCertificate[]
}

export interface CredentialFacts {
  readonly site: Site
  readonly accesses: readonly RouterAccess[]
  /** Where the local listener binds, beside loopback. */
  readonly managementHost: string
  /** Names and addresses under which others may reach this machine, for what listens on all of them. */
  readonly machineHosts: readonly string[]
}

/**
 * The credentials of a site on a machine. Pure. The local listener has a CA of its own, so that no certificate given
 * to another site opens it; so has the token server, so that a token tells nothing of the site's CA.
 */
export function desiredCredentials(facts: CredentialFacts): DesiredCredentials {
  const certificates = [
    { name: LOCAL_SERVER, issuer: LOCAL_ISSUER, hosts: [...LOOPBACK_HOSTS, ...dialled([facts.managementHost])] },
    { name: LOCAL_CLIENT, issuer: LOCAL_ISSUER, hosts: [] },
    ...accessCertificates(facts),
    ...grantServerCertificate(facts),
  ]
  return { certificates, issuers: [...new Set(certificates.map(({ issuer }) => issuer))] }
}

/** The CA that signs for sites which link to this one: the one its inter-router listener trusts. */
export function linkIssuer(site: Site, accesses: readonly RouterAccess[]): string {
  const access = accesses.find(({ spec }) => spec.roles.some(({ name }) => name === 'inter-router'))
  return issuerOf(site, access ?? accesses[0])
}

/** Several RouterAccesses may name the same credentials, which are then valid for the hosts of all. */
function accessCertificates({ site, accesses, machineHosts }: CredentialFacts): DesiredCertificate[] {
  const generated = accesses.filter(({ spec }) => spec.generateTlsCredentials !== false)
  const byName = Map.groupBy(generated, ({ spec }) => spec.tlsCredentials)
  return [...byName].map(([name, sharing]) => ({
    name,
    issuer: issuerOf(site, sharing[0]),
    hosts: unique(sharing.flatMap((access) => hostsOf(access, site, machineHosts))),
  }))
}

function grantServerCertificate({ site, accesses, machineHosts }: CredentialFacts): DesiredCertificate[] {
  if (accesses.length === 0 || site.spec.edge === true) return []
  const hosts = unique(accesses.flatMap((access) => hostsOf(access, site, machineHosts)))
  return [{ name: GRANT_SERVER, issuer: GRANT_SERVER_ISSUER, hosts }]
}

function issuerOf(site: Site, access: RouterAccess | undefined): string {
  return access?.spec.issuer ?? site.spec.defaultIssuer ?? SITE_ISSUER
}

function hostsOf({ spec }: RouterAccess, site: Site, machineHosts: readonly string[]): string[] {
  const bindHost = spec.bindHost ?? settingOf(site, 'link-host')
  const named = dialled([...(spec.subjectAlternativeNames ?? []), bindHost, settingOf(site, 'link-host')])
  return WILDCARDS.includes(bindHost) ? [...named, ...machineHosts] : named
}

function dialled(hosts: readonly string[]): string[] {
  return hosts.filter((host) => !WILDCARDS.includes(host))
}

function unique(hosts: readonly string[]): string[] {
  return [...new Set(hosts)]
}
