import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { freePort, isFree } from './free-port.ts'

const port = z.int().min(1).max(65_535)
const portsSchema = z.object({ management: port, health: port, tokens: port })

/** The ports a site needs for itself. They are chosen once and kept, so that what was given out stays true. */
export type SitePorts = z.infer<typeof portsSchema>
export type KeptPorts = { [Purpose in keyof SitePorts]?: number | undefined }
export type PortPurpose = keyof SitePorts

/** From where upward each is looked for: Skupper's own numbers, and beside them one for the token server. */
const FIRST: SitePorts = { management: 5671, health: 9090, tokens: 9091 }

/** What a choice of ports has to heed. */
export interface PortChoice {
  /** The address each purpose listens on. */
  readonly hosts: Readonly<Record<PortPurpose, string>>
  /** Ports other sites of this machine have chosen, and those this site's listeners want. */
  readonly taken: ReadonlySet<number>
}

/** Keeps each port that nobody else took in the meantime, and chooses the lowest free one for the others. */
export async function choosePorts(kept: KeptPorts, choice: PortChoice): Promise<SitePorts> {
  const management = await choosePort('management', kept, choice)
  const health = await choosePort('health', { ...kept, management }, choice)
  const tokens = await choosePort('tokens', { ...kept, management, health }, choice)
  return { management, health, tokens }
}

/** The kept port for a purpose where it is still free, else the lowest that is and that no other purpose has. */
export async function choosePort(purpose: PortPurpose, kept: KeptPorts, choice: PortChoice): Promise<number> {
  const host = choice.hosts[purpose]
  const own = kept[purpose]
  const others = Object.entries(kept).filter(([other]) => other !== purpose)
  const taken = new Set(others.flatMap(([, port]) => port ?? []))
  if (own !== undefined && !taken.has(own) && (await isFree(host, own))) return own
  return freePort({ host, from: FIRST[purpose], taken: new Set([...choice.taken, ...taken]) })
}

/** The ports a site has chosen before; none if it never did or the file cannot be read. */
export async function readPorts(file: string): Promise<KeptPorts> {
  try {
    return portsSchema.partial().parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}
