import { readFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { Store } from '../../core/store/store.ts'
import { parseBootFile } from '../../router/config/boot-file.ts'
import { isEntity } from '../../router/config/entities.ts'
import { ManagementClient } from '../../router/management/client.ts'
import type { DumpFile } from './platform.ts'

type ClientOptions = Parameters<typeof ManagementClient.connect>[0]

const DEADLINE_MS = 5_000
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

/** What the site's own router answers, over its local listener. */
export async function askRouter(store: Store): Promise<DumpFile[]> {
  return answersOf(() => localRouter(store), 'router')
}

/** What a router answers for each type of entity, in a folder; where it does not answer, a file that says why. */
export async function answersOf(connecting: () => Promise<ClientOptions>, folder: string): Promise<DumpFile[]> {
  const client = await connecting()
    .then((options) => ManagementClient.connect(options))
    .catch((error: unknown) => messageOf(error))
  if (typeof client === 'string') return [{ path: `${folder}/unreachable.txt`, content: client }]
  try {
    const answers: DumpFile[] = []
    for (const type of TYPES) {
      const content = await client.query(type).then(stringify, messageOf)
      answers.push({ path: `${folder}/${type}.yaml`, content })
    }
    return answers
  } finally {
    await client.close()
  }
}

/** How management of a router is dialled with these credentials. */
export function managementOptions(
  { ca, certificate, key }: GivenCredentials,
  place: { host: string; port: number; servername?: string },
): ClientOptions {
  const { host, port, servername } = place
  const tls = { ca, cert: certificate, key, ...(servername === undefined ? {} : { servername }) }
  return { host, port, tls, containerId: 'skupper-cli', deadlineMs: DEADLINE_MS }
}

/** Throws where there is no router. */
async function localRouter(store: Store): Promise<ClientOptions> {
  const credentials = await store.credentials('skupper-local-client')
  const entities = parseBootFile(await readFile(store.path('runtime/router/skrouterd.json'), 'utf8'))
  const listeners = entities.filter((entity) => isEntity(entity, 'listener'))
  const local = listeners.find(({ attributes }) => attributes.role === 'normal')?.attributes
  if (credentials === undefined || local === undefined) {
    throw new SkupperError('router/unknown', 'the router of this site was not configured yet')
  }
  return managementOptions(credentials, { host: local.host, port: Number(local.port) })
}
