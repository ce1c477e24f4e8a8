import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { argumentsOf, endProcess } from '../../core/store/running-process.ts'
import type { AccessToken } from '../../core/model/access-token.ts'
import { routingKey, listenerName } from '../../core/model/address.ts'
import { isTrue } from '../../core/model/condition.ts'
import type { Protocol } from '../../core/model/protocol.ts'
import { parseResource, type ResourceOf } from '../../core/model/resource.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import { secretText } from '../../core/model/secret.ts'
import { openStore, type Store } from '../../core/store/store.ts'
import { DEFAULT_ROLE_PORTS } from '../../core/model/router-access.ts'
import { engineSettings } from './engine.ts'
import { eventually } from './eventually.ts'
import { connector, listener, routerAccess, site } from './machine-resources.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const ROOT = join(import.meta.dirname, '../..')
/** A machine that runs other tests beside these may take its time. */
const PATIENCE = { deadlineMs: 60_000 }

/** A service of a test: what its Connector and Listener are made of. */
export interface Service {
  readonly address: string
  readonly port: number
  /** Where its target listens; on the site's own host unless said otherwise. */
  readonly targetPort?: number
  readonly protocol?: Protocol
  readonly labels?: Record<string, string>
}

/** An address of this machine for one site of one test. Test processes that run beside each other have others. */
export function siteHost(number: number): string {
  return `127.${String(64 + (process.pid % 128))}.${String(Math.floor(process.pid / 128) % 250)}.${String(number)}`
}

/** A site on this machine as `init` makes it: resources in a directory and a supervisor process. It ends with the test. */
export class MachineSite {
  readonly name: string
  readonly host: string
  readonly store: Store
  readonly #dataHome: string
  readonly #lines: string[] = []
  #pid = 0

  constructor(name: string, host: string, dataHome: string) {
    this.name = name
    this.host = host
    this.#dataHome = dataHome
    this.store = openStore({ dir: dataHome, namespace: name })
  }

  /** Lines the supervisor has logged. */
  get log(): readonly string[] {
    return this.#lines
  }

  get supervisorPid(): number {
    return this.#pid
  }

  /** Starts the supervisor; does not wait for anything. */
  start(): void {
    const flags = ['--platform', 'linux', '--namespace', this.name, '--data-home', this.#dataHome]
    const program = [join(ROOT, 'controller/main.ts'), ...flags, '--router-program', join(ROOT, 'router/main.ts')]
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] })
    const keep = (chunk: Buffer): void => {
      this.#lines.push(...chunk.toString().split('\n'))
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    this.#pid = child.pid ?? 0
  }

  async ready(): Promise<void> {
    await eventually(async () => {
      const { status } = await this.site()
      if (status?.status !== 'Ready') throw new Error(`not ready: ${status?.message ?? ''}\n${this.#lines.join('\n')}`)
      return true
    }, PATIENCE)
  }

  /** Ends the supervisor as an operator would. */
  async stop(): Promise<void> {
    if (this.#pid !== 0) await endProcess(this.#pid, 20_000)
  }

  kill(): void {
    process.kill(this.#pid, 'SIGKILL')
  }

  async routerPid(): Promise<number> {
    return Number(await readFile(this.store.path('internal', 'router.pid'), 'utf8'))
  }

  async site(): Promise<ResourceOf<'Site'>> {
    const found = await this.store.get('Site', this.name)
    if (found === undefined) throw new Error(`no Site ${this.name}`)
    return found
  }

  /** Makes a grant and waits for what a token needs. */
  async token(spec: ResourceOf<'AccessGrant'>['spec'] = {}): Promise<AccessToken> {
    const name = `grant-${String(Math.floor(Math.random() * 1e9))}`
    await this.store.apply({ apiVersion: API_VERSION, kind: 'AccessGrant', metadata: { name }, spec })
    return await eventually(async () => {
      const grant = await this.store.get('AccessGrant', name)
      const secret = await this.store.get('Secret', `${name}-code`)
      const { url, ca } = grant?.status ?? {}
      const code = secret && secretText(secret, 'code')
      if (url === undefined || ca === undefined || code === undefined)
        throw new Error(`no token: ${grant?.status?.message ?? ''}`)
      return { apiVersion: API_VERSION, kind: 'AccessToken', metadata: { name }, spec: { url, ca, code } }
    }, PATIENCE)
  }

  /** Redeems a token as a link of that name. */
  async link(name: string, token: AccessToken): Promise<void> {
    await this.store.apply({ ...token, metadata: { name } })
  }

  /** Removes a link as `link delete` does. */
  async unlink(name: string): Promise<void> {
    await this.store.delete('AccessToken', name)
    await this.store.delete('Link', name)
  }

  async linked(name: string): Promise<ResourceOf<'Link'>> {
    return await eventually(async () => {
      const link = await this.store.get('Link', name)
      if (link !== undefined && isTrue(link.status, 'Operational')) return link
      const token = await this.store.get('AccessToken', name)
      throw new Error(`not linked: ${link?.status?.message ?? token?.status?.message ?? ''}\n${this.#lines.join('\n')}`)
    }, PATIENCE)
  }

  /** Exposes a target of this machine under an address, as `expose host` does. */
  async expose({ address, port, targetPort = port, protocol = 'tcp', labels }: Service): Promise<void> {
    const key = routingKey(address, port)
    const spec = { routingKey: key, host: this.host, port: targetPort, type: protocol }
    await this.store.apply(connector(listenerName(address, port), spec, labels))
  }

  async unexpose({ address, port }: Service): Promise<void> {
    await this.store.delete('Connector', listenerName(address, port))
  }

  /** Listens for a service as a user's own Listener. */
  async listen({ address, port, protocol = 'tcp' }: Service): Promise<void> {
    const spec = { routingKey: routingKey(address, port), host: this.host, port, type: protocol }
    await this.store.apply(listener(listenerName(address, port), spec))
  }

  async listener({ address, port }: Service): Promise<ResourceOf<'Listener'> | undefined> {
    return this.store.get('Listener', listenerName(address, port))
  }

  /** Puts a file where users put theirs. */
  path(...parts: string[]): string {
    return this.store.path(...parts)
  }
}

/** Writes what `init` writes: Site and RouterAccess. `settings` are those of the Site beside its hosts, or instead. */
export async function writeSite({ name, host, store }: MachineSite, settings: Record<string, string> = {}) {
  const hosts = { 'listen-host': host, 'link-host': host }
  const { metadata, ...rest } = site(name, { settings: { ...hosts, ...engineSettings(), ...settings } })
  await store.apply(parseResource({ ...rest, metadata: { name: metadata.name } }))
  const roles = (['inter-router', 'edge'] as const).map((role) => ({ name: role, port: DEFAULT_ROLE_PORTS[role] }))
  await store.apply(routerAccess('skupper-router', { bindHost: host, subjectAlternativeNames: [host], roles }))
}

/** Writes what `init --router-mode edge` writes. */
export async function writeEdgeSite({ name, host, store }: MachineSite) {
  const settings = { 'listen-host': host, ...engineSettings() }
  const { metadata, ...rest } = site(name, { edge: true, linkAccess: 'none', settings })
  await store.apply(parseResource({ ...rest, metadata: { name: metadata.name } }))
}

/** A site that runs and is ready. */
export async function startSite(
  name: string,
  host: string,
  settings: Record<string, string> = {},
): Promise<MachineSite> {
  return started(name, host, (made) => writeSite(made, settings))
}

/** An edge site that runs and is ready. */
export function startEdgeSite(name: string, host: string): Promise<MachineSite> {
  return started(name, host, writeEdgeSite)
}

async function started(name: string, host: string, write: (site: MachineSite) => Promise<void>): Promise<MachineSite> {
  const made = new MachineSite(name, host, await temporaryDirectory())
  onTestFinished(() => made.stop())
  await write(made)
  made.start()
  await made.ready()
  return made
}

/** An HTTP server that answers every request with `answer`, until the test ends or `close` is called. */
export async function backend(host: string, answer: string): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((_request, response) => {
    response.end(answer)
  })
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve))
  const close = () => closed(server)
  onTestFinished(close)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no TCP port')
  return { port: address.port, close }
}

/** What a service answers to a request at a site; throws while it does not. */
export async function call({ host }: Pick<MachineSite, 'host'>, { port }: Service): Promise<string> {
  const url = `http://${host}:${String(port)}/`
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000), headers: { connection: 'close' } })
  return response.text()
}

/** Waits until a service answers so. */
export async function answers(at: Pick<MachineSite, 'host'>, service: Service, wanted: string): Promise<void> {
  await eventually(async () => {
    const answer = await call(at, service)
    if (answer !== wanted) throw new Error(`answered ${answer}`)
    return true
  }, PATIENCE)
}

/** True while a process runs. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await argumentsOf(pid)).length > 0
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
