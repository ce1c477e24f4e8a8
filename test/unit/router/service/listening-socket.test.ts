import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ListeningSocket, type ListeningSocketOptions } from '../../../../router/service/listening-socket.ts'
import { eventually } from '../../../support/eventually.ts'
import { takePort } from '../../../support/taken-port.ts'

function listeningSocket(options: Partial<ListeningSocketOptions> = {}) {
  const statuses: string[] = []
  const accepted: Socket[] = []
  const socket = new ListeningSocket(
    { host: '127.0.0.1', port: 0, retry: { firstMs: 2, maxMs: 20 }, ...options },
    {
      onConnection: (client) => accepted.push(client),
      onRefused: (reason) => statuses.push(reason.code),
      onStatus: (up, reason) => statuses.push(`${up ? 'up' : 'down'}${reason === undefined ? '' : ` ${reason.code}`}`),
      random: () => 0.5,
    },
  )
  onTestFinished(() => {
    socket.close()
    for (const client of accepted) client.destroy()
  })
  return { socket, statuses, accepted }
}

async function port(socket: ListeningSocket): Promise<number> {
  return eventually(() => socket.port)
}

describe('a listening socket', () => {
  it('is closed until it is opened', () => {
    const { socket, statuses } = listeningSocket()
    expect(socket.port).toBeUndefined()
    expect(statuses).toEqual([])
  })

  it('hands over its clients paused and half-open', async () => {
    const { socket, accepted } = listeningSocket()
    socket.open()
    const client = connect(await port(socket), '127.0.0.1')
    onTestFinished(() => {
      client.destroy()
    })
    await eventually(() => accepted.length === 1)
    expect(accepted[0]?.isPaused()).toBe(true)
    expect(accepted[0]?.allowHalfOpen).toBe(true)
  })

  it('keeps the clients it has when it closes', async () => {
    const { socket, statuses, accepted } = listeningSocket()
    socket.open()
    const client = connect(await port(socket), '127.0.0.1')
    onTestFinished(() => {
      client.destroy()
    })
    await eventually(() => accepted.length === 1)
    socket.close()
    socket.close()
    expect(statuses).toEqual(['up', 'down'])
    accepted[0]?.write('hello')
    const [data] = (await once(client, 'data')) as [Buffer]
    expect(data.toString()).toBe('hello')
  })

  it('can be opened again', async () => {
    const { socket, statuses } = listeningSocket()
    socket.open()
    socket.open()
    await port(socket)
    socket.close()
    socket.open()
    await eventually(() => statuses.length === 3)
    expect(statuses).toEqual(['up', 'down', 'up'])
  })

  it('does not listen when it was closed while it was opening', async () => {
    const { port: free, release } = await takePort('127.0.0.1')
    await release()
    const { socket, statuses } = listeningSocket({ port: free })
    socket.open()
    socket.close()
    const refused = connect(free, '127.0.0.1')
    await expect(once(refused, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await takePort('127.0.0.1', free)
    expect(statuses).toEqual(['down'])
  })

  it('turns clients away beyond its limit', async () => {
    const { socket, statuses, accepted } = listeningSocket({ maxConnections: 1 })
    socket.open()
    const at = await port(socket)
    const first = connect(at, '127.0.0.1')
    await eventually(() => accepted.length === 1)
    const second = connect(at, '127.0.0.1').resume()
    second.on('error', () => undefined)
    await once(second, 'close')
    expect(accepted.length).toBe(1)
    expect(statuses).toEqual(['up', 'listener/client-refused'])
    first.destroy()
  })
})

describe('a port that is taken', () => {
  it('is said, tried again, and used as soon as it is free', async () => {
    const { port: taken, release } = await takePort('127.0.0.1')
    const { socket, statuses } = listeningSocket({ port: taken })
    socket.open()
    await eventually(() => statuses.length >= 3)
    expect(new Set(statuses)).toEqual(new Set(['down listener/port-in-use']))
    await release()
    expect(await port(socket)).toBe(taken)
    expect(statuses.at(-1)).toBe('up')
  })

  it('is left alone after close', async () => {
    const { port: taken, release } = await takePort('127.0.0.1')
    const { socket, statuses } = listeningSocket({ port: taken })
    socket.open()
    await eventually(() => statuses.length >= 1)
    socket.close()
    await release()
    await takePort('127.0.0.1', taken)
    expect(statuses).not.toContain('up')
  })
})

describe('a host that is not of this machine', () => {
  it('is a reason of its own', async () => {
    const { socket, statuses } = listeningSocket({ host: '192.0.2.1' })
    socket.open()
    await eventually(() => statuses.length >= 1)
    expect(statuses[0]).toBe('down listener/cannot-bind')
  })
})
