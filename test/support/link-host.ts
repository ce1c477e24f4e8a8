import { duplexPair } from 'node:stream'
import type { Composite, CompositeName, Fields } from '../../router/amqp/composite.ts'
import { Flusher } from '../../router/amqp/flusher.ts'
import type { FlowSource, Pumpable } from '../../router/amqp/flusher.ts'
import type { LinkHost } from '../../router/amqp/link-end.ts'
import { SessionInput } from '../../router/amqp/session-input.ts'
import { SessionOutput } from '../../router/amqp/session-output.ts'

/** A session of which a link can be tried alone: keeps what the link says. Nothing is sent until `turn`. */
export class RecordedLinkHost implements LinkHost {
  readonly deliveryBytes = 1000
  readonly output: SessionOutput
  readonly input: SessionInput
  readonly said: Composite[] = []
  over = 0
  #handles = 0
  #flows: FlowSource[] = []
  #links: Pumpable[] = []

  constructor() {
    const [socket] = duplexPair()
    this.output = new SessionOutput(new Flusher(socket, 1_000_000, () => undefined), 0, 16_384)
    this.output.onWindow({ incomingWindow: 1000 })
    this.input = new SessionInput({ onWindowDue: () => undefined, sendDisposition: () => undefined }, 1000, 16_384)
  }

  send<N extends CompositeName>(name: N, fields: Fields<N>): void {
    this.said.push({ name, fields } as unknown as Composite)
  }

  sessionFlow(): Fields<'flow'> {
    return { incomingWindow: 1, nextOutgoingId: 0, outgoingWindow: 1 }
  }

  owe(source: FlowSource): void {
    this.#flows.push(source)
  }

  wake(link: Pumpable): void {
    this.#links.push(link)
  }

  takeHandle(): number {
    return this.#handles++
  }

  onLinkOver(): void {
    this.over++
  }

  /** The end of a turn: what a flusher does. */
  turn(): void {
    const flows = this.#flows
    const links = this.#links
    this.#flows = []
    this.#links = []
    for (const source of flows) source.writeFlow()
    for (const link of links) while (link.pump(1000));
  }

  /** The names of what was said, in order. */
  get names(): string[] {
    return this.said.map(({ name }) => name)
  }

  /** The last frame of a type. */
  last<N extends CompositeName>(name: N): Fields<N> | undefined {
    const found = this.said.findLast((frame) => frame.name === name)
    return found?.fields as Fields<N> | undefined
  }
}
