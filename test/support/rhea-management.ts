import { create_container } from 'rhea'
import type { Connection, EventContext, Message } from 'rhea'
import { onTestFinished } from 'vitest'
import type { DialTls } from '../../router/amqp/dial.ts'

/** An answer as rhea reads it. */
export interface RheaAnswer {
  readonly statusCode: unknown
  readonly statusDescription: unknown
  readonly body: unknown
}

/** Sends one management request and gives the answer. */
export type RheaManagement = (properties: Record<string, unknown>, body?: unknown) => Promise<RheaAnswer>

/** A management client that shares no code with ours. It is closed with the test. */
export async function rheaManagement(port: number, tls?: DialTls): Promise<RheaManagement> {
  const connection = create_container().connect({
    host: '127.0.0.1',
    port,
    reconnect: false,
    ...(tls === undefined
      ? { username: 'anonymous' }
      : { transport: 'tls', servername: 'localhost', enable_sasl_external: true, ...tls }),
  })
  onTestFinished(() => {
    connection.close()
  })
  const replyTo = await dynamicAddress(connection)
  const waiting = new Map<unknown, (message: Message) => void>()
  connection.on('message', ({ message }: EventContext) => waiting.get(message?.correlation_id)?.(message as Message))
  const sender = connection.open_sender({ target: { address: '$management' } })
  await new Promise((resolve) => sender.once('sendable', resolve))
  return async (properties, body = {}) => {
    const id = String(waiting.size)
    const answer = await new Promise<Message>((resolve) => {
      waiting.set(id, resolve)
      sender.send({ reply_to: replyTo, correlation_id: id, application_properties: properties, body })
    })
    const { statusCode, statusDescription }: Record<string, unknown> = { ...answer.application_properties }
    return { statusCode, statusDescription, body: answer.body as unknown }
  }
}

function dynamicAddress(connection: Connection): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.once('disconnected', (context: EventContext) => {
      reject(new Error(`rhea was disconnected: ${String(context.error)}`))
    })
    const receiver = connection.open_receiver({ source: { dynamic: true } } as never)
    receiver.once('receiver_open', () => {
      resolve(receiver.source.address)
    })
  })
}
