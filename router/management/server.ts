import type { DecodedMessage, Message } from '../amqp/message.ts'
import type { Asker, ManagementAgent } from './agent.ts'

/** Routers answer here; the forwarder takes `_topo/0/<this router>/$management` for the same. */
const MANAGEMENT_ADDRESS = '$management'

/** What the server needs of the router's forwarder. */
export interface ManagementForwarder {
  onMessage(address: string, onMessage: (message: DecodedMessage, origin: Origin) => void): { close(): void }
  send(message: Message & { readonly to: string }): boolean
}

interface Origin {
  readonly kind: 'self' | 'local-client' | 'network'
  readonly peer?: string
}

/** Puts an agent on the router's management address. */
export function serveManagement(forwarder: ManagementForwarder, agent: ManagementAgent, log: ServerLog): void {
  forwarder.onMessage(MANAGEMENT_ADDRESS, (message, origin) => {
    const asker = askerOf(origin)
    answer(forwarder, agent, { message, asker }).catch((error: unknown) => {
      log.error({ err: error, from: asker.name }, 'could not answer a management request')
    })
  })
}

interface ServerLog {
  error(facts: object, message: string): void
}

interface Question {
  readonly message: DecodedMessage
  readonly asker: Asker
}

async function answer(forwarder: ManagementForwarder, agent: ManagementAgent, question: Question): Promise<void> {
  const { replyTo, correlationId, messageId } = question.message
  const { body, ...applicationProperties } = await agent.handle(question.message, question.asker)
  if (replyTo === undefined) return
  // Whoever gave no correlation id knows the answer by the request's message id (AMQP management 1.0, 3.2).
  forwarder.send({ to: replyTo, correlationId: correlationId ?? messageId, applicationProperties, body })
}

function askerOf({ kind, peer }: Origin): Asker {
  return { mayChange: kind === 'local-client', name: peer ?? kind }
}
