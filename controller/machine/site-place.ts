import { networkInterfaces } from 'node:os'
import { writeFileAtomic } from '../../core/store/atomic-file.ts'
import { choosePort, choosePorts, readPorts, type PortPurpose, type SitePorts } from './site-ports.ts'

const PURPOSES: readonly PortPurpose[] = ['management', 'health', 'tokens']
const WILDCARDS = ['0.0.0.0', '::', '']

export interface SitePlaceOptions {
  /** Where this site keeps its choice. */
  readonly portsFile: string
  /** Where the other sites of this machine keep theirs. */
  readonly otherPortsFiles: () => Promise<readonly string[]>
}

/** What a site's listening depends on: the address for each purpose, and ports that are spoken for. */
export interface PlaceWish {
  readonly hosts: Readonly<Record<PortPurpose, string>>
  readonly reserved: ReadonlySet<number>
}

/** The site's own ports: chosen once, kept in a file, and chosen again only where somebody else took one. */
export class SitePlace {
  readonly #options: SitePlaceOptions
  #wish: PlaceWish | undefined
  #ports: SitePorts | undefined

  constructor(options: SitePlaceOptions) {
    this.#options = options
  }

  /** The ports for these addresses. Where an address is another than before, its port is looked at anew. */
  async settle(wish: PlaceWish): Promise<SitePorts> {
    const before = this.#wish
    this.#wish = wish
    if (before === undefined || this.#ports === undefined) {
      const kept = await readPorts(this.#options.portsFile)
      return this.#keep(await choosePorts(kept, { hosts: wish.hosts, taken: await this.#taken(wish) }))
    }
    return this.recheck(PURPOSES.filter((purpose) => before.hosts[purpose] !== wish.hosts[purpose]))
  }

  /** Makes sure that nobody else has the ports of these purposes, which must not be in use by the site itself. */
  async recheck(purposes: readonly PortPurpose[]): Promise<SitePorts> {
    if (this.#wish === undefined || this.#ports === undefined)
      throw new Error('ports are settled before they are checked')
    let ports = this.#ports
    for (const purpose of purposes) {
      const choice = { hosts: this.#wish.hosts, taken: await this.#taken(this.#wish) }
      ports = { ...ports, [purpose]: await choosePort(purpose, ports, choice) }
    }
    return this.#keep(ports)
  }

  async #taken({ reserved }: PlaceWish): Promise<ReadonlySet<number>> {
    const files = await this.#options.otherPortsFiles()
    const others = await Promise.all(files.map(readPorts))
    return new Set([...reserved, ...others.flatMap((ports) => PURPOSES.flatMap((purpose) => ports[purpose] ?? []))])
  }

  async #keep(ports: SitePorts): Promise<SitePorts> {
    const isSame = this.#ports !== undefined && PURPOSES.every((purpose) => this.#ports?.[purpose] === ports[purpose])
    this.#ports = ports
    if (!isSame) await writeFileAtomic(this.#options.portsFile, `${JSON.stringify(ports)}\n`)
    return ports
  }
}

/** The address to dial for what listens on `host`. */
export function dialHost(host: string): string {
  return WILDCARDS.includes(host) ? '127.0.0.1' : host
}

/** The addresses of this machine that others may reach. */
export function outsideAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .map(({ address }) => address)
}
