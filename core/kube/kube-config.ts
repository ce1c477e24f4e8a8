import { access, readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { messageOf, SkupperError } from '../model/error.ts'
import { DryRunClient } from './dry-run-client.ts'
import { KubeClient, type KubeClientOptions } from './kube-client.ts'
import { KubeTransport, type TransportOptions } from './kube-transport.ts'
import { podAccount } from './pod-account.ts'

/** How a pod's own account is called where a context is wanted. */
const IN_CLUSTER = 'in-cluster'

export interface ConnectOptions {
  /** A kubeconfig file in place of those that `env` names. */
  readonly kubeconfig?: string | undefined
  /** The current context where left out. */
  readonly context?: string | undefined
  /** The context's, then `default`, where left out. */
  readonly namespace?: string | undefined
  readonly fieldManager: string
  /** KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are read. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds for each call with all its tries; 30,000 where left out. */
  readonly deadlineMs?: number | undefined
}

/**
 * The client that kubectl would use with the same flags and environment: kubeconfig files, else the service account of
 * the pod. Nothing is asked of the API server yet. Throws `kube/no-config`, `kube/no-context`, `kube/broken-config`.
 */
export async function connect(options: ConnectOptions): Promise<KubeClient> {
  return new KubeClient(await clientOptions(options))
}

/** As `connect`, for a client that changes nothing. */
export async function connectDryRun(options: ConnectOptions): Promise<DryRunClient> {
  return new DryRunClient(await clientOptions(options))
}

/** The library's own view of the same, for what only the library can do. Throws as `connect` does. */
export async function loadContext(options: ConnectOptions): Promise<KubeConfig> {
  const { files, areGiven } = filesOf(options)
  const config = await loadConfig(areGiven ? files : await existing(files))
  if (config === undefined) throw noConfig(files)
  config.setCurrentContext(contextOf(config, options.context).context.name)
  informPlugins(config)
  return config
}

async function clientOptions(options: ConnectOptions): Promise<KubeClientOptions> {
  const { transport, namespace } = await wayIn(options)
  const { fieldManager, deadlineMs } = options
  return {
    ...{ transport: new KubeTransport(transport), fieldManager, deadlineMs },
    namespace: options.namespace ?? nonEmpty(namespace) ?? 'default',
  }
}

interface WayIn {
  readonly transport: TransportOptions
  readonly namespace: string | undefined
}

async function wayIn(options: ConnectOptions): Promise<WayIn> {
  const { files, areGiven } = filesOf(options)
  const found = areGiven ? files : await existing(files)
  const config = await loadConfig(found)
  if (config !== undefined) return configuredWay(config, options.context)
  const account = await podAccount(options.env)
  if (account === undefined) throw noConfig(files)
  const { context = IN_CLUSTER } = options
  if (context !== IN_CLUSTER) throw noContext(`context "${context}"`, { given: context, known: [IN_CLUSTER] })
  const { server, namespace, authenticate } = account
  return { transport: { server: serverOf(server), authenticate }, namespace }
}

function noConfig(files: readonly string[]): SkupperError {
  const message = `No cluster is configured: there is no kubeconfig file at ${files.join(delimiter)}`
  return new SkupperError('kube/no-config', message, { given: files, wanted: 'a kubeconfig file' })
}

function configuredWay(config: KubeConfig, wanted: string | undefined): WayIn {
  const { context, cluster } = contextOf(config, wanted)
  config.setCurrentContext(context.name)
  informPlugins(config)
  const authenticate = async () => {
    const request: RequestOptions = {}
    await config.applyToHTTPSOptions(request)
    // The library's agent keeps no connection; only one that goes through a proxy cannot be ours.
    const { agent, ...rest } = request
    return cluster.proxyUrl === undefined ? rest : { ...rest, ...(agent === undefined ? {} : { agent }) }
  }
  return { transport: { server: serverOf(cluster.server), authenticate }, namespace: context.namespace }
}

/** Undefined where there are no files, or nothing in them: then the library, which is large, is not loaded. */
async function loadConfig(files: readonly string[]): Promise<KubeConfig | undefined> {
  if (files.length === 0) return undefined
  const library = await import('@kubernetes/client-node')
  const read = await Promise.all(files.map((file) => readConfig(new library.KubeConfig(), file)))
  const [first, ...others] = read.filter((config) => config !== undefined)
  return first === undefined ? undefined : mergedConfig(first, others)
}

/** A file that was named must be there; of several, as with kubectl, and of the default one, any may be missing. */
function filesOf({ kubeconfig, env }: ConnectOptions): { files: string[]; areGiven: boolean } {
  if (kubeconfig !== undefined) return { files: [kubeconfig], areGiven: true }
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  if (listed.length > 0) return { files: listed, areGiven: false }
  return { files: [join(env['HOME'] ?? homedir(), '.kube', 'config')], areGiven: false }
}

async function existing(files: readonly string[]): Promise<string[]> {
  const checked = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  )
  return checked.flat()
}

async function readConfig(config: KubeConfig, file: string): Promise<KubeConfig | undefined> {
  try {
    if ((await readFile(file, 'utf8')).trim() === '') return undefined
    config.loadFromFile(file)
    return config
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const why = isMissing ? 'there is no such file' : messageOf(cause)
    throw new SkupperError(isMissing ? 'kube/no-config' : 'kube/broken-config', `kubeconfig ${file}: ${why}`, { cause })
  }
}

/** As kubectl merges files: what comes first wins. */
function mergedConfig(first: KubeConfig, others: readonly KubeConfig[]): KubeConfig {
  const all = [first, ...others]
  first.loadFromOptions({
    clusters: firstOfEachName(all.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(all.flatMap(({ users }) => users)),
    contexts: firstOfEachName(all.flatMap(({ contexts }) => contexts)),
    currentContext: all.map((config) => nonEmpty(config.getCurrentContext())).find((name) => name !== undefined),
  })
  return first
}

function firstOfEachName<T extends { name: string }>(items: readonly T[]): T[] {
  return [...new Map([...items].reverse().map((item) => [item.name, item])).values()].reverse()
}

function contextOf(config: KubeConfig, wanted: string | undefined) {
  const name = wanted ?? nonEmpty(config.getCurrentContext())
  const known = config.contexts.map((context) => context.name)
  if (name === undefined) {
    const message = `The kubeconfig has no current context; wanted --context with one of ${known.join(', ') || 'none'}`
    throw new SkupperError('kube/no-context', message, { wanted: known.join(', ') })
  }
  const context = config.contexts.find((each) => each.name === name)
  const cluster = config.clusters.find((each) => each.name === context?.cluster)
  if (context !== undefined && cluster !== undefined) return { context, cluster }
  const what = context === undefined ? `context "${name}"` : `cluster "${context.cluster}" of context "${name}"`
  throw noContext(what, { given: name, known })
}

function noContext(what: string, { given, known }: { given: string; known: readonly string[] }): SkupperError {
  const wanted = known.join(', ')
  const message = `The kubeconfig has no ${what}; its contexts are ${wanted || 'none'}`
  return new SkupperError('kube/no-context', message, { given, wanted })
}

/** Some plugins for credentials do not run without what kubectl tells them about their caller. */
function informPlugins(config: KubeConfig): void {
  config.users = config.users.map((user) => {
    const exec: unknown = user.exec
    if (typeof exec !== 'object' || exec === null || !('apiVersion' in exec)) return user
    const spec = { interactive: false }
    const value = JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', spec })
    const env: unknown[] = 'env' in exec && Array.isArray(exec.env) ? exec.env : []
    return { ...user, exec: { ...exec, env: [...env, { name: 'KUBERNETES_EXEC_INFO', value }] } }
  })
}

function serverOf(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new SkupperError('kube/broken-config', `The kubeconfig's server "${text}" is no URL`, { given: text })
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text
}
