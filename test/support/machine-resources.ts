import type { ConditionedStatus } from '../../core/model/condition.ts'
import type { Connector } from '../../core/model/connector.ts'
import type { Link } from '../../core/model/link.ts'
import type { Listener } from '../../core/model/listener.ts'
import type { MultiKeyListener } from '../../core/model/multi-key-listener.ts'
import { API_VERSION } from '../../core/model/resource-schema.ts'
import type { RouterAccess } from '../../core/model/router-access.ts'
import type { Site } from '../../core/model/site.ts'

/** A Listener as a user would write it. */
export function listener(name: string, spec: Partial<Listener['spec']> = {}): Listener {
  return {
    apiVersion: API_VERSION,
    kind: 'Listener',
    metadata: { name },
    spec: { routingKey: 'backend:8080', host: '127.0.0.1', port: 8080, ...spec },
  }
}

/** A MultiKeyListener as a user would write it. */
export function multiKeyListener(
  name: string,
  strategy: MultiKeyListener['spec']['strategy'],
  spec: Partial<MultiKeyListener['spec']> = {},
): MultiKeyListener {
  return {
    apiVersion: API_VERSION,
    kind: 'MultiKeyListener',
    metadata: { name },
    spec: { host: '127.0.0.1', port: 8080, strategy, ...spec },
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

/** A Site as `init` writes it. */
export function site(name: string, spec: Partial<Site['spec']> = {}): Site {
  return {
    apiVersion: API_VERSION,
    kind: 'Site',
    metadata: { name, uid: '8d5cd350-3126-46b9-9e7d-6fedf9656716' },
    spec: { linkAccess: 'default', ...spec },
  }
}

export function link(name: string, spec: Partial<Link['spec']> = {}): Link {
  return {
    apiVersion: API_VERSION,
    kind: 'Link',
    metadata: { name },
    spec: {
      endpoints: [{ name: 'inter-router', host: '127.0.1.1', port: '55671' }],
      tlsCredentials: name,
      ...spec,
    },
  }
}

export function routerAccess(name: string, spec: Partial<RouterAccess['spec']> = {}): RouterAccess {
  return {
    apiVersion: API_VERSION,
    kind: 'RouterAccess',
    metadata: { name },
    spec: {
      roles: [{ name: 'inter-router', port: 55_671 }],
      tlsCredentials: 'skupper-site-server',
      bindHost: '127.0.1.1',
      subjectAlternativeNames: ['127.0.1.1'],
      ...spec,
    },
  }
}

/** The condition of that type, as `status reason message`. */
export function conditionOf({ status }: { status?: ConditionedStatus | undefined }, type: string): string | undefined {
  const condition = status?.conditions?.find((candidate) => candidate.type === type)
  return condition && `${condition.status} ${condition.reason ?? ''} ${condition.message ?? ''}`
}
