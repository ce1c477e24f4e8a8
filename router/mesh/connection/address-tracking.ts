import { decodeMessage, encodeMessage } from '../../amqp/message.ts'
import type { Sender } from '../../amqp/sender.ts'
import { encodeAnnotations, originAnnotations } from '../router-annotations.ts'

/** Tells an edge router, over its tracking link, which of the addresses it sends to have a consumer. */
export class AddressTracking {
  readonly #sender: Pick<Sender, 'credit' | 'send'>
  readonly #annotations: Buffer
  /** What is to be told once there is credit, the latest news of each address only. */
  readonly #waiting = new Map<string, boolean>()

  constructor(sender: Pick<Sender, 'credit' | 'send'>, routerId: string) {
    this.#sender = sender
    this.#annotations = encodeAnnotations(originAnnotations(routerId))
  }

  tell(key: string, reachable: boolean): void {
    this.#waiting.delete(key)
    this.#waiting.set(key, reachable)
    this.pump()
  }

  /** To be called when the link has got credit. */
  pump(): void {
    for (const [key, reachable] of this.#waiting) {
      if (this.#sender.credit === 0) return
      this.#waiting.delete(key)
      const delivery = this.#sender.send({ settled: true })
      delivery.write(Buffer.concat([this.#annotations, encodeMessage({ body: [key, reachable] })]))
      delivery.end(true)
    }
  }
}

/** What an interior router tells of an address; undefined for anything else. */
export function readTracking(message: Buffer): { readonly key: string; readonly reachable: boolean } | undefined {
  const body = bodyOf(message)
  if (!Array.isArray(body)) return undefined
  const [key, reachable] = body as unknown[]
  return typeof key === 'string' && typeof reachable === 'boolean' ? { key, reachable } : undefined
}

function bodyOf(message: Buffer): unknown {
  try {
    return decodeMessage(message).body
  } catch {
    return undefined
  }
}
