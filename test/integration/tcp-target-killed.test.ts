import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PATHS, tcpService } from '../support/service-network.ts'
import { tcpClient } from '../support/tcp-peers.ts'

/** Prints its port, then sends without end to whoever connects. */
const TARGET = `
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => undefined).resume()
    const fill = () => { while (socket.write(Buffer.alloc(65536))); }
    socket.on('drain', fill)
    fill()
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

describe.each(PATHS)('over %i routers', (routers) => {
  it('a target that is killed in the middle of its stream closes its clients', async () => {
    const process_ = spawn(process.execPath, ['-e', TARGET], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => {
      process_.kill('SIGKILL')
    })
    const [line] = (await once(process_.stdout, 'data')) as [Buffer]
    const { port, listener, connector } = await tcpService(routers, Number(line.toString()))
    const { socket, outcome } = tcpClient(port)
    socket.write('bytes that the target has not read when it dies')
    await eventually(() => socket.bytesRead > 5_000_000)
    process_.kill('SIGKILL')
    expect(['end', 'ECONNRESET']).toContain(await outcome)
    socket.destroy()
    await eventually(() => listener.traffic.connectionsClosed === 1 && connector.traffic.connectionsClosed === 1)
    expect(await eventually(() => tcpClient(port).outcome)).toBe('ECONNRESET')
    expect(listener.lastError?.code).toBe('tcp/refused')
  })
})
