import type { Credentials, GivenCredentials } from '../../../core/model/credentials.ts'
import { secretData } from '../../../core/model/secret.ts'
import { createAuthority, readAuthority, type Authority } from '../../../core/pki/authority.ts'
import { issueCredentials } from '../../../core/pki/issue.ts'
import type { ClusterNamespace } from './kubectl.ts'

/** Runs in a pod: prints what a server answers over TLS, or fails with the reason. */
const CALL = `
const { request } = require('node:https')
const { url, ...tls } = JSON.parse(process.argv[1])
const call = request(url, { ...tls, agent: false, timeout: 5000 }, (answer) => answer.pipe(process.stdout))
call.on('timeout', () => call.destroy(new Error('no answer in time')))
call.on('error', (error) => { console.error(error.message); process.exitCode = 1 })
call.end()
`

/** An authority of the test's own. */
export async function testAuthority(): Promise<Authority> {
  const now = Date.now()
  return readAuthority(await createAuthority({ commonName: 'test', now }), now)
}

/** Credentials that are good for these hosts as a server, and for any client. */
export function issuedFor(authority: Authority, ...hosts: readonly string[]): Promise<Required<Credentials>> {
  return issueCredentials(authority, { commonName: hosts[0] ?? 'client', hosts, now: Date.now() })
}

/** YAML of a Secret as cert-manager writes it. */
export function tlsSecret(name: string, { ca, certificate = '', key = '' }: GivenCredentials): string {
  const data = secretData({ 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key })
  return `---\n${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name }, data })}\n`
}

/** What a site's own authority is. */
export async function authorityOf(site: ClusterNamespace, name = 'skupper-site-ca'): Promise<Authority> {
  const data = JSON.parse(await site.kubectl(['get', 'secret', name, '-o', 'jsonpath={.data}'])) as Record<
    string,
    string
  >
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString('utf8')
  return readAuthority({ ca: text('tls.crt'), certificate: text('tls.crt'), key: text('tls.key') }, Date.now())
}

/** What a pod of Deployment `frontend` gets over TLS. Throws with the reason where it gets nothing. */
export function callTls(
  from: ClusterNamespace,
  url: string,
  { ca, certificate, key }: GivenCredentials,
): Promise<string> {
  const given = JSON.stringify({ url, ca, cert: certificate, key })
  return from.kubectl(['exec', 'deployment/frontend', '--', '/usr/local/bin/node', '-e', CALL, given])
}
