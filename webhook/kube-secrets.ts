import type { KubeClient } from '../core/kube/kube-client.ts'
import type { KubeSecret } from '../core/kube/library-objects.ts'
import { SECRET } from '../core/kube/resource-types.ts'
import { SkupperError } from '../core/model/error.ts'
import { secretData, TLS_SECRET } from '../core/model/secret.ts'
import type { SharedSecrets, StoredCredentials } from './serving-certificate.ts'

const LOST: ReadonlySet<string> = new Set(['kube/conflict', 'kube/exists', 'kube/not-found'])

/** The Secrets of the client's namespace, with the API server's own locking: who writes an old version loses. */
export function kubeSecrets(client: KubeClient): SharedSecrets {
  return {
    async read(name) {
      const secret = await client.get(SECRET, name)
      return secret === undefined ? undefined : storedOf(secret)
    },
    async write(name, { certificate, key = '', ca }, version) {
      const data = secretData({ 'tls.crt': certificate, 'tls.key': key, 'ca.crt': ca })
      const metadata = { name, namespace: client.namespace, labels: { 'app.kubernetes.io/managed-by': 'skupper' } }
      const secret: KubeSecret = { apiVersion: 'v1', kind: 'Secret', type: TLS_SECRET, metadata, data }
      try {
        if (version === undefined) await client.create(secret)
        else await client.replace({ ...secret, metadata: { ...metadata, resourceVersion: version } })
        return true
      } catch (error) {
        if (error instanceof SkupperError && LOST.has(error.code)) return false
        throw error
      }
    },
  }
}

function storedOf({ metadata, data }: KubeSecret): StoredCredentials {
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString('utf8')
  const credentials = { ca: text('ca.crt'), certificate: text('tls.crt'), key: text('tls.key') }
  return { version: metadata.resourceVersion ?? '', credentials }
}
