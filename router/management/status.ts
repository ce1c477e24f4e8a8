import { SkupperError } from '../../core/model/error.ts'

/** How refusals of management are told on the wire (protocol sheet, section 7) and which error each becomes here. */
const refusals = {
  'management/bad-request': 400,
  'management/forbidden': 403,
  'management/not-found': 404,
  'management/failed': 500,
  'management/not-implemented': 501,
} as const

export type RefusalCode = keyof typeof refusals

const codes = new Map<number, RefusalCode>(
  Object.entries(refusals).map(([code, status]) => [status, code as RefusalCode]),
)

/** A refusal: its code says which status the asker gets, its message becomes the status description. */
export function refusal(code: RefusalCode, message: string, given?: unknown): SkupperError {
  return new SkupperError(code, message, given === undefined ? {} : { given })
}

/** The status code for whatever a request failed with: what is wrong with the asked configuration is the asker's. */
export function statusOf(thrown: unknown): number {
  if (!(thrown instanceof SkupperError)) return refusals['management/failed']
  const status = Object.entries(refusals).find(([code]) => code === thrown.code)?.[1]
  if (status !== undefined) return status
  return thrown.code.startsWith('config/') ? refusals['management/bad-request'] : refusals['management/failed']
}

/** The error for an answer with `status`. A router's own description is kept as the message. */
export function errorOf(status: number, description: string): SkupperError {
  return new SkupperError(codes.get(status) ?? 'management/failed', description, { given: status })
}
