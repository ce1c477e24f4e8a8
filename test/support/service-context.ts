import type { ServiceAttributes, ServiceContext } from '../../router/service/service-context.ts'
import type { StreamRouter } from '../../router/service/stream-router.ts'

/** A telemetry record that a service opened. */
export interface OpenedRecord {
  readonly type: string
  readonly attributes: ServiceAttributes
  ended: boolean
}

/** What services need, over `router`; notes their records and log lines. */
export function serviceContext<R extends StreamRouter>(router: R) {
  const records: OpenedRecord[] = []
  const lines: string[] = []
  let ids = 0
  const context: ServiceContext = {
    router,
    records: {
      open(type, attributes) {
        const record = { type, attributes, ended: false }
        records.push(record)
        return {
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
    log: {
      info: (_, message) => lines.push(message),
      warn: (_, message) => lines.push(message),
    },
    random: Math.random,
  }
  return { context, router, records, lines }
}
