import type { DeliveryState, IncomingHandler, OutgoingHandler } from '../../router/amqp/delivery.ts'

/** A reader that notes each event as a line of text. */
export function recordedReader(): IncomingHandler & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    onData: (chunk) => calls.push(`data ${chunk.toString()}`),
    onEnd: (settled) => calls.push(settled ? 'end settled' : 'end'),
    onAborted: () => calls.push('aborted'),
  }
}

/** A writer that notes each event as a line of text. */
export function recordedWriter(): OutgoingHandler & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    onState: (state, settled) => calls.push(stateText(state, settled)),
    onDrain: () => calls.push('drain'),
    onLost: () => calls.push('lost'),
  }
}

/** As `accepted settled`, `received 100`. */
export function stateText(state: DeliveryState | undefined, settled: boolean): string {
  const text = state?.kind === 'received' ? `received ${String(state.offset)}` : (state?.kind ?? 'no state')
  return settled ? `${text} settled` : text
}

/** Waits until what was put off to the next turn of the event loop has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
