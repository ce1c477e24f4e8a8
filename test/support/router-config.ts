import { readFile } from 'node:fs/promises'
import type { Authority } from '../../core/pki/authority.ts'
import type { DialTls } from '../../router/amqp/dial.ts'
import type { EntityConfig } from '../../router/config/entities.ts'
import { credentialFiles, testAuthority } from './credential-files.ts'
import type { ProfileFiles } from './credential-files.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** The CAs that routers and their clients have in a test. */
export interface TestAuthorities {
  /** For the local listener: whoever has its certificates may change the configuration. */
  readonly local: Authority
  /** For links between routers. */
  readonly site: Authority
}

let shared: Promise<TestAuthorities> | undefined

/** CAs for all tests of a file: making them takes longer than most of what is tested. */
export function testAuthorities(): Promise<TestAuthorities> {
  shared ??= otherAuthorities()
  return shared
}

/** New CAs, which nobody else trusts. */
export async function otherAuthorities(): Promise<TestAuthorities> {
  const [local, site] = await Promise.all([testAuthority('skupper-local-ca'), testAuthority('skupper-site-ca')])
  return { local, site }
}

/** The configuration of one router of a test, and what it takes to manage it. */
export interface TestRouterConfig {
  readonly entities: readonly EntityConfig[]
  readonly clientTls: DialTls
  /** For further connectors and listeners of the site: the sslProfile `site`. */
  readonly siteFiles: ProfileFiles
}

const LOOPBACK = { host: '127.0.0.1', port: 0 }
const MUTUAL = { saslMechanisms: 'EXTERNAL', authenticatePeer: true, requireSsl: true }

/** A router with the listeners `local` (mutual TLS, for management), `links` (mutual TLS) and `http`. */
export async function routerConfig(id: string, authorities: TestAuthorities): Promise<TestRouterConfig> {
  const dir = await temporaryDirectory()
  const [localServer, client, siteFiles] = await Promise.all([
    credentialFiles(authorities.local, dir, 'local-server'),
    credentialFiles(authorities.local, dir, 'local-client'),
    credentialFiles(authorities.site, dir, id),
  ])
  const entities: EntityConfig[] = [
    ['router', { id, mode: 'interior' }],
    ['sslProfile', { name: 'local', ...localServer }],
    ['sslProfile', { name: 'site', ...siteFiles }],
    ['address', { prefix: 'mc', distribution: 'multicast' }],
    ['listener', { name: 'local', role: 'normal', sslProfile: 'local', ...LOOPBACK, ...MUTUAL }],
    ['listener', { name: 'links', role: 'inter-router', sslProfile: 'site', ...LOOPBACK, ...MUTUAL }],
    ['listener', { name: 'http', http: true, ...LOOPBACK }],
  ]
  return { entities, clientTls: await dialTls(client), siteFiles }
}

/** A link to the router that listens on `port` of this machine. */
export function connectorTo(name: string, port: number): EntityConfig {
  return ['connector', { name, ...linkTo(port) }]
}

/** The attributes of such a link, but for its name. */
export function linkTo(port: number) {
  const target = { host: '127.0.0.1', port: String(port), role: 'inter-router' as const }
  return { ...target, sslProfile: 'site', saslMechanisms: 'EXTERNAL' }
}

async function dialTls({ caCertFile, certFile, privateKeyFile }: ProfileFiles): Promise<DialTls> {
  const [ca, cert, key] = await Promise.all(
    [caCertFile, certFile, privateKeyFile].map((file) => readFile(file, 'utf8')),
  )
  return { ca, cert, key }
}
