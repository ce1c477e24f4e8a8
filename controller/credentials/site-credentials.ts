import { issuerOf } from '../../core/model/link-issuer.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { Site } from '../../core/model/site.ts'
import type { CertificateHosts } from '../site/premises.ts'

/** Names of Skupper v2 (skupper-v2 sheet, sections 1.1 and 4), and of the local listener's own credentials. */
const GRANT_SERVER_ISSUER = 'skupper-grant-server-ca'
export const GRANT_SERVER = 'skupper-grant-server'
const LOCAL_ISSUER = 'skupper-local-ca'
export const LOCAL_SERVER = 'skupper-local-server'
export const LOCAL_CLIENT = 'skupper-local-client'

/** The local one is trusted by this site alone; that of the token server by tokens, which cannot be told of another. */
const KEEPING_KEYS: readonly string[] = [LOCAL_ISSUER, GRANT_SERVER_ISSUER]

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1']

export interface DesiredCertificate {
  readonly name: string
  /** Name of the CA that issues it. */
  readonly issuer: string
  /** Host names and IP addresses it is valid for as a server; a client's has none. */
  readonly hosts: readonly string[]
}

export interface DesiredIssuer {
  readonly name: string
  /** Whether other sites trust it: then it gets another key when it is renewed. */
  readonly isRolled: boolean
}

/** The certificates a site needs, and the CAs for them. */
export interface DesiredCredentials {
  readonly issuers: readonly DesiredIssuer[]
  readonly certificates: readonly DesiredCertificate[]
}

export interface CredentialFacts {
  readonly site: Site
  readonly accesses: readonly RouterAccess[]
  readonly hosts: CertificateHosts
}

/**
 * The credentials of a site; none yet for what nobody knows how to dial. Pure. The local listener has a CA of its own, so that no certificate given
 * to another site opens it; so has the token server, so that a token tells nothing of the site's CA.
 */
export function desiredCredentials(facts: CredentialFacts): DesiredCredentials {
  const certificates = [
    { name: LOCAL_SERVER, issuer: LOCAL_ISSUER, hosts: [...LOOPBACK_HOSTS, ...facts.hosts.local] },
    { name: LOCAL_CLIENT, issuer: LOCAL_ISSUER, hosts: [] },
    ...accessCertificates(facts),
    ...grantServerCertificate(facts),
  ]
  const issuers = [...new Set(certificates.map(({ issuer }) => issuer))]
  return { certificates, issuers: issuers.map((name) => ({ name, isRolled: !KEEPING_KEYS.includes(name) })) }
}

/** Several RouterAccesses may name the same credentials, which are then valid for the hosts of all. */
function accessCertificates({ site, accesses, hosts }: CredentialFacts): DesiredCertificate[] {
  const generated = accesses.filter(({ spec }) => spec.generateTlsCredentials !== false)
  const byName = Map.groupBy(generated, ({ spec }) => spec.tlsCredentials)
  return [...byName].flatMap(([name, sharing]) => {
    const dialled = outsideHosts(sharing, hosts)
    return dialled === undefined ? [] : [{ name, issuer: issuerOf(site, sharing[0]), hosts: dialled }]
  })
}

function grantServerCertificate({ site, accesses, hosts }: CredentialFacts): DesiredCertificate[] {
  const dialled = outsideHosts(accesses, hosts)
  if (accesses.length === 0 || site.spec.edge === true || dialled === undefined) return []
  return [{ name: GRANT_SERVER, issuer: GRANT_SERVER_ISSUER, hosts: dialled }]
}

/** The hosts of all of them that are known; undefined where none is. */
function outsideHosts(accesses: readonly RouterAccess[], { outside }: CertificateHosts): string[] | undefined {
  const known = accesses.flatMap((access) => outside(access) ?? [])
  const isKnown = accesses.some((access) => outside(access) !== undefined)
  return isKnown ? [...new Set(known)] : undefined
}
