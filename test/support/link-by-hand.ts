import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { Link } from '../../core/model/link.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { TLS_SECRET, secretData } from '../../core/model/secret.ts'
import type { MachineSite } from './machine-site.ts'

/** A Link as a user would write it, with these credentials, in a file of its own. */
export interface LinkByHand {
  readonly name: string
  readonly endpoints: Link['spec']['endpoints']
  readonly credentials: GivenCredentials
}

/** Puts a Link and its Secret into a site, both at once: credentials that nothing names are removed. */
export async function linkByHand(at: MachineSite, { name, endpoints, credentials }: LinkByHand): Promise<void> {
  const { ca, certificate = '', key = '' } = credentials
  const data = secretData({ 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key })
  const secret = { apiVersion: 'v1', kind: 'Secret', type: TLS_SECRET, metadata: { name }, data }
  const link = { apiVersion: API_VERSION, kind: 'Link', metadata: { name }, spec: { endpoints, tlsCredentials: name } }
  await writeFile(at.path('input', 'resources', `${name}.yaml`), `${stringify(secret)}---\n${stringify(link)}`)
}
