import type { MessageClient } from '../../controller/network/message-client.ts'
import { decodeMessage, encodeMessage, type DecodedMessage, type Message } from '../../router/amqp/message.ts'

type Listener = (message: DecodedMessage) => void

/** Stands for a router network: what a client sends to an address reaches everybody who subscribed to it, at once. */
export class MessageBus {
  readonly sent: { address: string; message: Message }[] = []
  readonly #listeners = new Map<string, Set<Listener>>()

  client(): MessageClient {
    return {
      subscribe: (address, onMessage) => {
        const listeners = this.#listeners.get(address) ?? new Set()
        this.#listeners.set(address, listeners.add(onMessage))
        return Promise.resolve({ close: () => listeners.delete(onMessage) })
      },
      send: (address, message) => {
        this.sent.push({ address, message })
        this.deliver(address, message)
        return Promise.resolve()
      },
    }
  }

  deliver(address: string, message: Message): void {
    const bytes = encodeMessage(message)
    for (const listener of this.#listeners.get(address) ?? []) listener(decodeMessage(bytes))
  }

  listensTo(address: string): boolean {
    return (this.#listeners.get(address)?.size ?? 0) > 0
  }
}
