import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { Transport } from '../../../../router/amqp/transport.ts'
import type { TransportOwner } from '../../../../router/amqp/transport.ts'
import { eventually } from '../../../support/eventually.ts'

class Owner implements TransportOwner {
  readonly heard: string[] = []
  onHeader(bytes: Buffer): void {
    this.heard.push(`header ${bytes.toString()}`)
    if (bytes.toString() === 'throw me') throw new Error('a bug')
  }
  onFrame(): void {
    this.heard.push('frame')
  }
  onFault(thrown: unknown): void {
    this.heard.push(`fault ${thrown instanceof Error ? thrown.message : ''}`)
  }
  onGone(cause: Error | undefined): void {
    this.heard.push(`gone ${cause?.message ?? ''}`)
  }
}

function newTransport() {
  const [socket, far] = duplexPair()
  const owner = new Owner()
  const transport = new Transport(socket, { outboxBytes: 1000, maxFrameSize: 512 }, owner)
  return { socket, far, owner, transport }
}

test('bytes in are counted, and read', async () => {
  const { far, owner, transport } = newTransport()
  far.write('AMQP1234')
  await eventually(() => owner.heard.length > 0)
  expect(owner.heard).toEqual(['header AMQP1234'])
  expect(transport.bytesIn).toBe(8)
  expect(transport.certificateSubject).toBeUndefined()
})

test('what is thrown while reading is told to the owner', async () => {
  const { far, owner } = newTransport()
  far.write('throw me')
  await eventually(() => owner.heard.length > 1)
  expect(owner.heard).toEqual(['header throw me', 'fault a bug'])
})

test('the last bytes are sent, then the socket ends and nothing more is read', async () => {
  const { far, owner, transport, socket } = newTransport()
  const got: Buffer[] = []
  far.on('data', (chunk: Buffer) => got.push(chunk))
  transport.flusher.outbox.header(Buffer.from('the last'))
  transport.finish()
  far.write('AMQP1234')
  far.end()
  await eventually(() => socket.destroyed)
  expect(Buffer.concat(got).toString()).toBe('the last')
  expect(owner.heard.filter((item) => item.startsWith('header'))).toEqual([])
})

test('an end and an error are told', async () => {
  const ended = newTransport()
  ended.far.end()
  await eventually(() => ended.owner.heard.includes('gone '))
  const failed = newTransport()
  failed.socket.destroy(new Error('reset'))
  await eventually(() => failed.owner.heard.includes('gone reset'))
})
