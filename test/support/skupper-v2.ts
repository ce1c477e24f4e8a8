import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { SKROUTERD, startSkupperRouter, type SkupperEntity } from './skrouterd.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A directory with `skupper`, the command line of Skupper v2, where this machine has one. */
const SKUPPER_V2 = process.env['SKUPPER_V2'] ?? ''

/** Says in a suite's title why it does not run. */
export const UNLESS_SKUPPER_V2 =
  SKUPPER_V2 === '' || SKROUTERD === '' ? ' (skipped: SKUPPER_V2 or SKROUTERD names nothing)' : ''

const COMMAND_DEADLINE_MS = 60_000
const LINK_PORTS = { 'inter-router': 55_671, edge: 45_671 } as const
const ACCESS = 'access'

/** A resource of Skupper v2 as its users write it. */
export interface V2Resource {
  readonly kind: string
  readonly name: string
  readonly spec: Readonly<Record<string, unknown>>
}

/**
 * A site of Skupper v2 on this machine, made by its own command line. That leaves the router to a systemd unit; here it
 * is a process of the test, with the unit's configuration and environment.
 */
export class V2Site {
  readonly namespace: string
  readonly host: string
  readonly #directory: string
  readonly #path: string

  constructor(name: string, host: string, path: string) {
    this.namespace = `test-${name}-${String(process.pid)}`
    this.host = host
    const home = process.getuid?.() === 0 ? '/var/lib' : (process.env['XDG_DATA_HOME'] ?? '')
    this.#directory = join(home, 'skupper', 'namespaces', this.namespace)
    this.#path = path
  }

  /** Runs `skupper WORDS` of Skupper v2 and answers what it printed. */
  async skupper(...words: string[]): Promise<string> {
    const PATH = [this.#path, dirname(SKROUTERD), process.env['PATH']].join(delimiter)
    const all = ['--platform', 'linux', '--namespace', this.namespace, ...words]
    const options = { env: { ...process.env, PATH }, timeout: COMMAND_DEADLINE_MS }
    const { stdout } = await promisify(execFile)(join(SKUPPER_V2, 'skupper'), all, options)
    return stdout
  }

  async apply(resources: readonly V2Resource[]): Promise<void> {
    const file = join(await temporaryDirectory(), 'resources.yaml')
    const documents = resources.map(({ kind, name, spec }) =>
      stringify({ apiVersion: API_VERSION, kind, metadata: { name }, spec }),
    )
    await writeFile(file, documents.join('---\n'))
    await this.skupper('system', 'apply', '--filename', file)
  }

  /** Renders the site and runs its router, with what `apply` and `token redeem` left. */
  async start(): Promise<void> {
    await this.skupper('system', 'start')
    const config = await readFile(join(this.#directory, 'runtime', 'router', 'skrouterd.json'), 'utf8')
    const entities = JSON.parse(config) as SkupperEntity[]
    const unit = await readFile(this.#unitFile, 'utf8')
    const siteId = /SKUPPER_SITE_ID=([-0-9a-f]+)/.exec(unit)?.[1] ?? ''
    const listening = this.host === '' ? [] : [{ host: this.host, port: LINK_PORTS['inter-router'] }]
    await startSkupperRouter(this.namespace, entities, { listening, environment: { SKUPPER_SITE_ID: siteId } })
  }

  /** What others apply to link to this site: a Secret and a Link, as `link generate` prints them. */
  async link(): Promise<string> {
    return this.skupper('link', 'generate', '--host', this.host)
  }

  /** The kinds of the resources that lie in the site's input. */
  async input(): Promise<string[]> {
    const files = await readdir(join(this.#directory, 'input', 'resources'))
    return files.map((name) => name.split('-')[0] ?? '').sort()
  }

  /** Removes what the command line left. */
  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true })
    await rm(this.#unitFile, { force: true })
  }

  get #unitFile(): string {
    const system = '/etc/systemd/system'
    const home = process.getuid?.() === 0 ? system : join(process.env['HOME'] ?? '', '.config/systemd/user')
    return join(home, `skupper-${this.namespace}.service`)
  }
}

/** A site that can be linked to at `host`; with no host, one that only links to others. Not started yet. */
export async function v2Site(name: string, host: string): Promise<V2Site> {
  const path = await temporaryDirectory()
  const systemctl = join(path, 'systemctl')
  await writeFile(systemctl, '#!/bin/sh\nexit 0\n')
  await chmod(systemctl, 0o700)
  const site = new V2Site(name, host, path)
  onTestFinished(() => site.remove())
  const roles = Object.entries(LINK_PORTS).map(([role, port]) => ({ name: role, port }))
  const access = {
    kind: 'RouterAccess',
    name: ACCESS,
    spec: { roles, bindHost: host, subjectAlternativeNames: [host] },
  }
  await site.apply([{ kind: 'Site', name, spec: {} }, ...(host === '' ? [] : [access])])
  return site
}

/** A Connector of Skupper v2 to what listens on this machine. */
export function v2Connector(routingKey: string, host: string, port: number): V2Resource {
  return { kind: 'Connector', name: routingKey.replace(':', '-'), spec: { routingKey, host, port } }
}

/** A Listener of Skupper v2. */
export function v2Listener(routingKey: string, host: string, port: number): V2Resource {
  return { kind: 'Listener', name: routingKey.replace(':', '-'), spec: { routingKey, host, port } }
}
