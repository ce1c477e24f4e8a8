import type { Connector } from '../../core/model/connector.ts'
import type { Listener } from '../../core/model/listener.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'

/** A Listener as a user would write it. */
export function listener(name: string, spec: Partial<Listener['spec']> = {}): Listener {
  return {
    apiVersion: API_VERSION,
    kind: 'Listener',
    metadata: { name },
    spec: { routingKey: 'backend:8080', host: '127.0.0.1', port: 8080, ...spec },
  }
}

/** A Connector as a user would write it. */
export function connector(
  name: string,
  spec: Partial<Connector['spec']> = {},
  labels?: Record<string, string>,
): Connector {
  return {
    apiVersion: API_VERSION,
    kind: 'Connector',
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    spec: { routingKey: 'backend:8080', host: '127.0.0.1', port: 8080, ...spec },
  }
}
