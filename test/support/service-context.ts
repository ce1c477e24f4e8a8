import type { AnswerAttributes, RequestAttributes } from '../../router/observe/observed-request.ts'
import type {
  CoAttributes,
  FlowAttributes,
  FlowSink,
  ServiceAttributes,
  ServiceContext,
} from '../../router/service/service-context.ts'
import { SocketBudget } from '../../router/service/socket-budget.ts'
import type { StreamRouter } from '../../router/service/stream-router.ts'

/** A telemetry record that a service opened. */
export interface OpenedRecord {
  readonly type: string
  readonly attributes: ServiceAttributes
  ended: boolean
}

/** Notes what services tell of their connections, as soon as it is said to be `heard`. */
export class FlowNotes implements FlowSink {
  heard = false
  nowUs = 1_000
  readonly flows: { id: string; opened: FlowAttributes; last?: FlowAttributes; refresh: () => FlowAttributes }[] = []
  readonly requests: { opened: RequestAttributes; last?: AnswerAttributes }[] = []
  readonly told: { id: unknown; attributes: CoAttributes }[] = []

  now(): number {
    return this.nowUs
  }

  open(id: string, opened: FlowAttributes, refresh: () => FlowAttributes) {
    const flow: FlowNotes['flows'][number] = { id, opened, refresh }
    this.flows.push(flow)
    return {
      end: (last: FlowAttributes) => {
        flow.last = last
      },
    }
  }

  openRequest(opened: RequestAttributes) {
    const request: FlowNotes['requests'][number] = { opened }
    this.requests.push(request)
    return {
      end: (last: AnswerAttributes) => {
        request.last = last
      },
    }
  }

  coRecord(id: unknown) {
    if (!this.heard) return undefined
    return {
      isLocal: false,
      now: () => this.nowUs,
      set: (attributes: CoAttributes) => this.told.push({ id, attributes }),
    }
  }
}

/** What services need, over `router`; notes their records and log lines. */
export function serviceContext<R extends StreamRouter>(router: R) {
  const records: OpenedRecord[] = []
  const lines: string[] = []
  const flows = new FlowNotes()
  let ids = 0
  const context: ServiceContext = {
    router,
    sockets: new SocketBudget(Infinity),
    records: {
      open(type, attributes) {
        const record = { type, attributes, ended: false }
        records.push(record)
        return {
          id: `abcde:${type}`,
          end() {
            record.ended = true
          },
        }
      },
      nextId() {
        ids += 1
        return `abcde:${String(ids)}`
      },
    },
    flows,
    log: {
      info: (_, message) => lines.push(message),
      warn: (_, message) => lines.push(message),
    },
    random: Math.random,
  }
  return { context, router, records, flows, lines }
}
