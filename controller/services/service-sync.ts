import { createHash } from 'node:crypto'
import { SkupperError, messageOf } from '../../core/model/error.ts'
import { formatLabels, type Labels } from '../../core/model/labels.ts'
import {
  formatServiceDefinitions,
  MAX_DEFINITIONS,
  parseServiceDefinitions,
  type ParsedDefinitions,
  type ServiceDefinition,
} from '../../core/model/service-definition.ts'
import type { DecodedMessage } from '../../router/amqp/message.ts'
import type { Log } from '../log.ts'
import type { MessageClient } from '../network/message-client.ts'
import { offeredPorts } from './offered-services.ts'
import { ServiceSyncState, type OfferedPort, type SyncedPort } from './service-sync-state.ts'

/** Where all sites of a network tell each other of their services, in Skupper v1's words. */
export const SERVICE_SYNC_ADDRESS = 'mc/$skupper-service-sync'
const SUBJECT = 'service-sync-update-v2'
/** What is offered is told this often even if nothing changed, so that a lost message does no harm. */
const TELL_EVERY_MS = 5_000
const CREDIT = 10
/** The site id others claim; ours are 36 characters. */
const MAX_ORIGIN_LENGTH = 128

/** So that a stranger who makes up site ids fills neither the log nor the memory. */
const MAX_REMEMBERED = 1_000

/** What service sync does; comes from the Site and its Connectors. */
export interface SyncSettings {
  readonly enabled: boolean
  /** Services without these labels are neither told nor taken. */
  readonly labels: Labels
  readonly offered: readonly ServiceDefinition[]
}

export interface ServiceSyncOptions {
  readonly siteId: string
  readonly version: string
  readonly now: () => number
  readonly log: Log
  /** What other sites offer has changed. */
  readonly onChange: () => void
}

/** Tells the other sites what is exposed here and keeps what they say, over whichever connection there is just now. */
export class ServiceSync {
  readonly #options: ServiceSyncOptions
  readonly #state = new ServiceSyncState()
  readonly #reported = new Map<string, string>()
  /** By origin: the hash of its last message, and what that offered. */
  readonly #heard = new Map<string, { readonly text: string; readonly offers: readonly OfferedPort[] }>()
  #settings: SyncSettings = { enabled: false, labels: {}, offered: [] }
  #client: MessageClient | undefined
  #told = ''
  #toldAt = -Infinity

  constructor(options: ServiceSyncOptions) {
    this.#options = options
  }

  /** Takes up what an earlier run had synced. */
  restore(ports: readonly SyncedPort[]): void {
    this.#state.restore(ports, this.#options.now())
  }

  /** What other sites offer; nothing while sync is off. */
  ports(): SyncedPort[] {
    return this.#settings.enabled ? this.#state.ports() : []
  }

  /** A change of what is offered is told at once; when sync is turned off, that nothing is offered any more. */
  configure(settings: SyncSettings): void {
    const excess = settings.offered.length - MAX_DEFINITIONS
    const offered = settings.offered.slice(0, MAX_DEFINITIONS)
    this.#reportOnce(this.#options.siteId, excess > 0 ? [`${String(excess)} services too many are not told`] : [])
    const isTurnedOff = this.#settings.enabled && !settings.enabled
    this.#settings = { ...settings, offered }
    // The others would keep what they heard until this site has been silent for minutes.
    if (isTurnedOff) this.#send([])
    else if (formatServiceDefinitions(offered) !== this.#told) this.#tell()
  }

  /** Goes on over a new connection. @throws what `subscribe` throws. */
  async connected(client: MessageClient): Promise<void> {
    const hear = (message: DecodedMessage): void => {
      this.#hear(message)
    }
    await client.subscribe(SERVICE_SYNC_ADDRESS, hear, { credit: CREDIT })
    this.#client = client
    this.#tell()
  }

  disconnected(): void {
    this.#client = undefined
  }

  /** Has the next tick tell: somebody new may listen. */
  announce(): void {
    this.#toldAt = -Infinity
  }

  /** To be called about once a second: tells what is due and lets origins age. */
  tick(): void {
    if (this.#options.now() - this.#toldAt >= TELL_EVERY_MS) this.#tell()
    const lost = this.#state.expire(this.#options.now())
    if (lost.length === 0) return
    for (const origin of lost) {
      this.#heard.delete(origin)
      this.#options.log.info({ origin }, 'service sync: site not heard, its services are gone')
    }
    this.#options.onChange()
  }

  #tell(): void {
    if (this.#settings.enabled) this.#send(this.#settings.offered)
  }

  #send(offered: readonly ServiceDefinition[]): void {
    if (this.#client === undefined) return
    this.#told = formatServiceDefinitions(offered)
    this.#toldAt = this.#options.now()
    const message = {
      subject: SUBJECT,
      applicationProperties: { origin: this.#options.siteId, version: this.#options.version },
      body: this.#told,
    }
    this.#client.send(SERVICE_SYNC_ADDRESS, message, { settled: true }).catch((error: unknown) => {
      this.#options.log.debug({ reason: messageOf(error) }, 'service sync: could not tell, trying again')
    })
  }

  #hear(message: DecodedMessage): void {
    const origin = message.applicationProperties.get('origin')
    if (!this.#settings.enabled || message.subject !== SUBJECT || !isOrigin(origin)) return
    if (origin === this.#options.siteId) return
    const offers = this.#offersIn(message.body, origin)
    if (offers !== undefined && this.#state.receive(origin, offers, this.#options.now())) this.#options.onChange()
  }

  /** What a message offers; undefined where it cannot be read. Most messages say again what the one before said. */
  #offersIn(body: unknown, origin: string): readonly OfferedPort[] | undefined {
    const { labels } = this.#settings
    const text = createHash('sha256')
      .update(`${formatLabels(labels)}\n${String(body)}`)
      .digest('base64')
    const before = this.#heard.get(origin)
    if (before?.text === text) return before.offers
    const { definitions, refused, unreadable } = read(body)
    this.#reportOnce(origin, refused)
    if (unreadable) return undefined
    const offers = offeredPorts(definitions, labels)
    if (before !== undefined || this.#heard.size < MAX_REMEMBERED) this.#heard.set(origin, { text, offers })
    return offers
  }

  /** Every message repeats what is wrong with it: it is logged when it is not what was logged last. */
  #reportOnce(origin: string, refused: readonly string[]): void {
    const report = refused.join('; ')
    if (report === (this.#reported.get(origin) ?? '') || this.#reported.size > MAX_REMEMBERED) return
    if (report === '') this.#reported.delete(origin)
    else this.#reported.set(origin, report)
    const [first = 'none any more'] = refused
    this.#options.log.warn({ origin, first, count: refused.length }, 'service sync: definitions refused')
  }
}

function read(body: unknown): ParsedDefinitions & { unreadable: boolean } {
  try {
    if (typeof body === 'string') return { ...parseServiceDefinitions(body), unreadable: false }
  } catch (error) {
    if (!(error instanceof SkupperError)) throw error
    return { definitions: [], refused: [error.message], unreadable: true }
  }
  return { definitions: [], refused: ['the message has no text'], unreadable: true }
}

function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ORIGIN_LENGTH
}
