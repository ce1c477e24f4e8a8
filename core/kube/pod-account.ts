import { access, readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'

/** Where a pod finds the token of its service account, the API server's authority, and its own namespace. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** How a pod reaches the API server of its cluster. */
export interface PodAccount {
  readonly server: string
  readonly namespace: string | undefined
  /** Reads the files anew, as kubelet renews them. Throws what the file system says. */
  readonly authenticate: () => Promise<RequestOptions>
}

/**
 * The service account of the pod that this process runs in; undefined outside of pods. It is read without the
 * Kubernetes library, which takes some 60 MiB: more than all else of a controller.
 */
export async function podAccount(
  {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: port = '443',
  }: Readonly<Record<string, string | undefined>>,
  directory: string = SERVICE_ACCOUNT,
): Promise<PodAccount | undefined> {
  const tokenFile = join(directory, 'token')
  if (host === undefined || !(await isThere(tokenFile))) return undefined
  const namespace = await readFile(join(directory, 'namespace'), 'utf8').catch(() => undefined)
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: namespace?.trim(),
    authenticate: async () => {
      const [token, ca] = await Promise.all([readFile(tokenFile, 'utf8'), readFile(join(directory, 'ca.crt'))])
      return { ca, headers: { authorization: `Bearer ${token.trim()}` } }
    },
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
