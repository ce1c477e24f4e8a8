import type { Connector } from '../../core/model/connector.ts'
import type { Link } from '../../core/model/link.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { RemoteSite } from '../../core/model/remote-site.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import type { Site } from '../../core/model/site.ts'

/** Resources of a network, short to write down in tests. */
export const site = (name: string, status?: Site['status']): Site => ({
  apiVersion: API_VERSION,
  kind: 'Site',
  metadata: { name, uid: `${name}-id` },
  spec: {},
  ...(status === undefined ? {} : { status }),
})

export const listener = (routingKey: string, parts: Partial<Listener['metadata']> = {}): Listener => ({
  apiVersion: API_VERSION,
  kind: 'Listener',
  metadata: { name: routingKey.replace(':', '-'), ...parts },
  spec: { routingKey, host: '127.0.0.1', port: Number(routingKey.split(':')[1]), type: 'http' },
})

export const connector = (routingKey: string, host: string, name = routingKey.replace(':', '-')): Connector => ({
  apiVersion: API_VERSION,
  kind: 'Connector',
  metadata: { name },
  spec: { routingKey, host, port: 9090, type: 'http' },
})

export const link = (name: string, status?: Link['status']): Link => ({
  apiVersion: API_VERSION,
  kind: 'Link',
  metadata: { name },
  spec: { endpoints: [{ name: 'inter-router', host: 'east.example', port: '55671' }] },
  ...(status === undefined ? {} : { status }),
})

export const operational = { conditions: [{ type: 'Operational', status: 'True' as const }] }

export const remoteSite = (name: string, status: RemoteSite['status'] = {}): RemoteSite => ({
  apiVersion: API_VERSION,
  kind: 'RemoteSite',
  metadata: { name: `${name}-id` },
  spec: {},
  status: { siteId: `${name}-id`, name, reachable: true, ...status },
})
