import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP port that leads to another; `freeze` makes it a network that drops everything without a word. */
export interface FrozenLink {
  readonly port: number
  freeze(): void
  /** What was sent meanwhile arrives, as TCP sends it again; ends and new connections do too. */
  thaw(): void
}

/** Connects whoever comes to `target` on the same host. While frozen nothing passes, and nothing new is connected. */
export async function frozenLink(target: number, host = '127.0.0.1'): Promise<FrozenLink> {
  const wires = new Set<Wire>()
  let frozen = false
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (near) => {
    const wire = new Wire(near, { port: target, host })
    wires.add(wire)
    near.once('close', () => wires.delete(wire))
    if (!frozen) wire.thaw()
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => {
    server.close()
    for (const wire of wires) wire.cut()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no TCP port')
  return {
    port: address.port,
    freeze: () => {
      frozen = true
      for (const wire of wires) wire.freeze()
    },
    thaw: () => {
      frozen = false
      for (const wire of wires) wire.thaw()
    },
  }
}

/** One connection through the network: two sockets. A frozen one is not read, so it does not even see an end. */
class Wire {
  readonly #near: Socket
  readonly #target: Readonly<{ port: number; host: string }>
  #far: Socket | undefined

  constructor(near: Socket, target: Readonly<{ port: number; host: string }>) {
    this.#near = near
    this.#target = target
    near.on('error', () => undefined)
  }

  freeze(): void {
    this.#near.pause()
    this.#far?.pause()
  }

  thaw(): void {
    this.#far ??= this.#connected()
    this.#near.resume()
    this.#far.resume()
  }

  cut(): void {
    this.#near.destroy()
    this.#far?.destroy()
  }

  #connected(): Socket {
    const far = connect({ ...this.#target, noDelay: true })
    join(this.#near, far)
    join(far, this.#near)
    return far
  }
}

function join(from: Socket, to: Socket): void {
  from.on('data', (chunk) => {
    if (to.writable && !to.write(chunk)) from.pause()
  })
  to.on('drain', () => {
    from.resume()
  })
  from.on('error', () => undefined)
  from.on('close', () => {
    to.destroySoon()
  })
}
