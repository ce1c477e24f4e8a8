import { randomBytes } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SkupperError } from '../model/error.ts'
import { labelName } from '../model/field-schemas.ts'
import type { SiteStore, StoreProblem } from '../model/site-store.ts'
import type { CredentialFiles } from './credential-directory.ts'
import { watchDirectories } from './directory-watch.ts'
import { optional } from './file-error.ts'
import { closeDirectory } from './modes.ts'
import { NamespaceCredentials } from './namespace-credentials.ts'
import { INPUT, NamespaceResources, RUNTIME } from './namespace-resources.ts'
import { WriteAccess } from './write-access.ts'

const DEBOUNCE_MS = 50
const RESCAN_MS = 2000

/** Every directory that a namespace may have and that holds secrets. */
const CLOSED = [
  '',
  'input',
  INPUT,
  'input/certs',
  'input/issuers',
  'runtime',
  RUNTIME,
  'runtime/certs',
  'runtime/issuers',
  'internal',
]

/** The resources and credentials of one namespace, kept in files that people may read and write beside us. */
export interface Store extends SiteStore {
  /** The paths of what `credentials` gives; what came in a Secret is written to our own files first. */
  credentialFiles(name: string): Promise<CredentialFiles | undefined>

  /** What cannot be read, by file (a path within the namespace) and line. Such a file counts as what it last was. */
  problems(): Promise<StoreProblem[]>

  /** A path within the namespace's directory. */
  path(...parts: string[]): string

  /** Removes the namespace's directory with everything in it. */
  destroy(): Promise<void>
}

export interface StoreLog {
  warn(facts: object, message: string): void
}

export interface StoreOptions {
  /** The data home: `namespaces/NAME` lies in it. */
  readonly dir: string
  readonly namespace: string
  readonly log?: StoreLog | undefined
  /** How often a watched namespace is read though nothing told of a change. */
  readonly rescanMs?: number | undefined
  readonly now?: (() => Date) | undefined
}

/** The store of a namespace. Nothing is read or written yet. Throws `store/invalid-name` for what is no label. */
export function openStore(options: StoreOptions): Store {
  const { namespace, dir, now = () => new Date() } = options
  checkNamespace(namespace)
  const root = join(dir, 'namespaces', namespace)
  const access = new WriteAccess(root, [INPUT, RUNTIME])
  const resources = new NamespaceResources({ root, access, now })
  const secret = async (name: string) => (await resources.list('Secret')).find(({ metadata }) => metadata.name === name)
  const certs = new NamespaceCredentials({ root, access, folder: 'certs', secret })
  const issuers = new NamespaceCredentials({ root, access, folder: 'issuers', secret })
  const closed = once(() => Promise.all(CLOSED.map((directory) => closeDirectory(join(root, directory)))))
  return {
    list: async (kind) => {
      await closed()
      return resources.list(kind)
    },
    get: async (kind, name) => {
      await closed()
      return (await resources.list(kind)).find(({ metadata }) => metadata.name === name)
    },
    apply: (resource) => resources.apply(resource),
    applyRuntime: (resource) => resources.applyRuntime([resource]),
    applyRuntimeAll: (all) => resources.applyRuntime(all),
    delete: (kind, name) => resources.delete(kind, name),
    deleteRuntime: (kind, name) => resources.deleteRuntime(kind, name),
    credentials: (name) => certs.read(name),
    isCertificateSupplied: (name) => certs.isSupplied(name),
    credentialFiles: (name) => certs.files(name),
    putCredentials: (name, credentials) => certs.put(name, credentials),
    deleteCredentials: (name) => certs.delete(name),
    issuer: (name) => issuers.read(name),
    isIssuerSupplied: (name) => issuers.isSupplied(name),
    putIssuer: (name, issuer) => issuers.put(name, issuer),
    deleteIssuer: (name) => issuers.delete(name),
    watch: (onChange, signal) => {
      watchDirectories({ ...watching(root, options), signal }, onChange)
    },
    snapshot: async () => {
      await closed()
      return resources.snapshot()
    },
    problems: async () => [...(await resources.snapshot()).problems],
    path: (...parts) => join(root, ...parts),
    destroy: () => destroy(root, access),
  }
}

/** The names of the namespaces that there are in a data home, sorted. */
export async function namespacesIn(dir: string): Promise<string[]> {
  const entries = (await optional(readdir(join(dir, 'namespaces'), { withFileTypes: true }))) ?? []
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return names.filter((name) => labelName.safeParse(name).success).sort()
}

function checkNamespace(namespace: string): void {
  const wanted = labelName.safeParse(namespace).error?.issues[0]?.message
  if (wanted === undefined) return
  const message = `the namespace is "${namespace}"; wanted ${wanted}`
  throw new SkupperError('store/invalid-name', message, { given: namespace, wanted })
}

function watching(root: string, { rescanMs = RESCAN_MS, log }: StoreOptions) {
  return {
    directories: [INPUT, RUNTIME, 'input/certs', 'input/issuers'].map((directory) => join(root, directory)),
    debounceMs: DEBOUNCE_MS,
    rescanMs,
    onUnwatched: (directory: string, error: unknown) => {
      log?.warn(
        { directory, error: messageOf(error) },
        'a directory gives no notice of changes; it is read from time to time',
      )
    },
  }
}

/** Moves the namespace away before it is removed, so that nobody ever finds half of one. */
async function destroy(root: string, access: WriteAccess): Promise<void> {
  if ((await optional(stat(root))) === undefined) return
  await access.exclusively(async () => {
    const gone = join(root, '..', `.${randomBytes(8).toString('hex')}.removed`)
    await rename(root, gone)
    await rm(gone, { recursive: true, force: true })
  })
}

function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined
  return () => (started ??= start())
}
