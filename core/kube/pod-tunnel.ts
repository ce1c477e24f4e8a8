import { createServer, type AddressInfo, type Socket } from 'node:net'
import { EventEmitter, once } from 'node:events'
import { loadContext, type ConnectOptions } from './kube-config.ts'

/** A port of this machine that leads to one of a pod. */
export interface PodTunnel {
  readonly port: number
  close(): void
}

export interface TunnelEnd {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

/** Leads connections to a port of 127.0.0.1 through the API server to a pod, as `kubectl port-forward` does. */
export async function podTunnel(options: ConnectOptions, end: TunnelEnd): Promise<PodTunnel> {
  const [config, library] = await Promise.all([loadContext(options), import('@kubernetes/client-node')])
  const forward = new library.PortForward(config)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    const { namespace, pod, port } = end
    forward.portForward(namespace, pod, [port], socket, null, socket).then(
      (way: unknown) => {
        if (way instanceof EventEmitter) way.on('close', () => socket.destroy())
        socket.on('close', () => {
          hangUp(way)
        })
      },
      // Whoever dialled the port says that it led nowhere.
      () => socket.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The library tells of its web socket in types that are not there. */
function hangUp(way: unknown): void {
  const close: unknown = way instanceof EventEmitter ? Reflect.get(way, 'close') : undefined
  if (typeof close === 'function') Reflect.apply(close, way, [])
}
