import { open } from 'node:fs/promises'
import { stringify } from 'yaml'
import { messageOf } from '../../core/model/error.ts'
import { RESOURCE_SCHEMAS, type Kind, type Resource } from '../../core/model/resource.ts'
import type { Store } from '../../core/store/store.ts'
import type { DumpFile } from './platform.ts'
import { askRouter } from './router-questions.ts'

/** Of a log only the end is taken: what a fault leaves is there. */
const MAX_LOG_BYTES = 4 * 1024 * 1024
const LOGS = ['internal/supervisor.log', 'internal/router.log']
const HIDDEN = '(hidden)'

/** The state of a site on a machine: resources without their secrets, configuration, logs, what the router says. */
export async function machineDump(store: Store): Promise<DumpFile[]> {
  const kinds = Object.keys(RESOURCE_SCHEMAS) as Kind[]
  const resources = await Promise.all(kinds.map((kind) => store.list(kind)))
  return [
    ...resources.flat().map((resource) => ({
      path: `resources/${resource.kind}-${resource.metadata.name}.yaml`,
      content: stringify(withoutSecrets(resource)),
    })),
    { path: 'problems.yaml', content: stringify(await store.problems()) },
    ...(await Promise.all(['runtime/router/skrouterd.json', ...LOGS].map((path) => tail(store.path(path), path)))),
    ...(await askRouter(store)),
  ]
}

/** The resource with everything blanked that opens a door. */
export function withoutSecrets(resource: Resource): unknown {
  if (resource.kind === 'Secret') {
    return { ...resource, data: blanked(resource.data), stringData: blanked(resource.stringData) }
  }
  if (resource.kind === 'AccessToken' || resource.kind === 'AccessGrant') {
    return { ...resource, spec: withoutCode(resource.spec), status: withoutCode(resource.status) }
  }
  return resource
}

function withoutCode(part: object | undefined): object | undefined {
  return part !== undefined && 'code' in part ? { ...part, code: HIDDEN } : part
}

function blanked(values: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  return values && Object.fromEntries(Object.keys(values).map((key) => [key, HIDDEN]))
}

async function tail(file: string, path: string): Promise<DumpFile> {
  try {
    const handle = await open(file)
    try {
      const { size } = await handle.stat()
      const length = Math.min(size, MAX_LOG_BYTES)
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
      return { path, content: buffer.toString() }
    } finally {
      await handle.close()
    }
  } catch (error) {
    return { path: `${path}.missing`, content: messageOf(error) }
  }
}
