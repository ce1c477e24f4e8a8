import { readFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { Store } from '../../core/store/store.ts'
import { parseBootFile } from '../../router/config/boot-file.ts'
import { isEntity } from '../../router/config/entities.ts'
import { ManagementClient } from '../../router/management/client.ts'
import type { DumpFile } from './platform.ts'

const DEADLINE_MS = 3_000
const TYPES = [
  'router',
  'connection',
  'connector',
  'listener',
  'tcpListener',
  'tcpConnector',
  'router.node',
  'router.link',
  'router.address',
  'log',
]

/** What the router answers for each type of entity; where it does not answer, a file that says why. */
export async function askRouter(store: Store): Promise<DumpFile[]> {
  const client = await connect(store).catch((error: unknown) => messageOf(error))
  if (typeof client === 'string') return [{ path: 'router/unreachable.txt', content: client }]
  try {
    const answers: DumpFile[] = []
    for (const type of TYPES) {
      const content = await client.query(type).then(stringify, messageOf)
      answers.push({ path: `router/${type}.yaml`, content })
    }
    return answers
  } finally {
    await client.close()
  }
}

/** Management of the site's own router, over its local listener. Throws where there is none or it does not answer. */
async function connect(store: Store): Promise<ManagementClient> {
  const credentials = await store.credentials('skupper-local-client')
  const entities = parseBootFile(await readFile(store.path('runtime/router/skrouterd.json'), 'utf8'))
  const listeners = entities.filter((entity) => isEntity(entity, 'listener'))
  const local = listeners.find(({ attributes }) => attributes.role === 'normal')?.attributes
  if (credentials === undefined || local === undefined) {
    throw new SkupperError('router/unknown', 'the router of this site was not configured yet')
  }
  return ManagementClient.connect({
    host: local.host,
    port: Number(local.port),
    tls: { ca: credentials.ca, cert: credentials.certificate, key: credentials.key },
    containerId: 'skupper-cli',
    deadlineMs: DEADLINE_MS,
  })
}
