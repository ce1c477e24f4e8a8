import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthority, readAuthority } from '../../core/pki/authority.ts'
import type { Authority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'

/** A new CA that issues certificates for a test. */
export async function testAuthority(commonName: string): Promise<Authority> {
  const now = Date.now()
  return readAuthority(await createAuthority({ commonName, now }), now)
}

/** The attributes of an sslProfile that name its files. */
export interface ProfileFiles {
  readonly caCertFile: string
  readonly certFile: string
  readonly privateKeyFile: string
}

/** Writes a certificate of `authority` for 127.0.0.1 and `name`, its key and the CA into `DIR/NAME/`. */
export async function credentialFiles(authority: Authority, dir: string, name: string): Promise<ProfileFiles> {
  const hosts = ['127.0.0.1', 'localhost', name]
  const { certificate, key, ca } = await issueCredentials(authority, { commonName: name, hosts, now: Date.now() })
  const own = join(dir, name)
  await mkdir(own, { recursive: true })
  const files = {
    caCertFile: join(own, 'ca.crt'),
    certFile: join(own, 'tls.crt'),
    privateKeyFile: join(own, 'tls.key'),
  }
  await Promise.all([
    writeFile(files.caCertFile, ca),
    writeFile(files.certFile, certificate),
    writeFile(files.privateKeyFile, key, { mode: 0o600 }),
  ])
  return files
}
