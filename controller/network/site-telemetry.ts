import { TICK_EVERY_MS, TelemetrySource, type Attributes, type TelemetryPort } from '../../router/telemetry/records.ts'
import type { MessageClient } from './message-client.ts'

/** A sent message waits no longer than this for credit: telemetry may be lost. */
const SEND_DEADLINE_MS = 5_000
const FLUSH_CREDIT = 10

/** What a controller says of its site, over one connection: the SITE record that the routers' records hang on. */
export interface SiteTelemetryOptions {
  readonly client: MessageClient
  readonly siteId: string
  /** name, namespace, platform, buildVersion */
  readonly attributes: Attributes
  readonly now: () => number
  readonly random: () => number
}

/** A report that runs. */
export interface SiteReport {
  /** Has the site announced now: somebody new may listen. */
  announce(): void
  /** Also to be called when the connection is gone. */
  stop(): void
}

/** Starts to report the site. */
export function reportSite({ client, siteId, attributes, now, random }: SiteTelemetryOptions): SiteReport {
  const source = new TelemetrySource({ sourceType: 'CONTROLLER', port: portOver(client), now, random })
  source.openAs('SITE', siteId, attributes)
  const ticking = setInterval(() => {
    source.tick()
  }, TICK_EVERY_MS)
  return {
    announce: () => {
      source.announce()
    },
    stop: () => {
      clearInterval(ticking)
      source.close()
    },
  }
}

function portOver(client: MessageClient): TelemetryPort {
  return {
    send: ({ to, ...message }) => {
      client.send(to, message, { settled: true, deadlineMs: SEND_DEADLINE_MS }).catch(ignore)
    },
    subscribe: (address, onMessage) => {
      const subscription = client.subscribe(address, onMessage, { credit: FLUSH_CREDIT })
      return () => {
        subscription.then((opened) => {
          opened.close()
        }, ignore)
      }
    },
    // A client is not told who listens: everything is sent, and the router drops what nobody wants.
    watch: (_address, onChange) => {
      onChange(true)
      return ignore
    },
  }
}

function ignore(): void {
  return
}
