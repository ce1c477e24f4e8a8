import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthority, readAuthority } from '../core/pki/authority.ts'
import { issueCredentials } from '../core/pki/issue.ts'

/** Files of one CA and one certificate for 127.0.0.1, which all peers use on both sides. */
export interface CertificateFiles {
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** Certificate and key in one file. */
  readonly both: string
}

/** Makes them as our sites do: RSA-2048. */
export async function makeCertificates(directory: string): Promise<CertificateFiles> {
  const now = Date.now()
  const authority = readAuthority(await createAuthority({ commonName: 'bench', now }), now)
  const made = await issueCredentials(authority, { commonName: 'bench', hosts: ['127.0.0.1', 'localhost'], now })
  const write = async (name: string, content: string): Promise<string> => {
    const file = join(directory, name)
    await writeFile(file, content, { mode: 0o600 })
    return file
  }
  return {
    ca: await write('ca.crt', made.ca),
    certificate: await write('tls.crt', made.certificate),
    key: await write('tls.key', made.key),
    both: await write('tls.pem', made.certificate + made.key),
  }
}
