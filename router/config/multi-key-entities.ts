import { listenerKey, strategyOf, type MultiKeyListener } from '../../core/model/multi-key-listener.ts'
import type { EntityConfig } from './entities.ts'
import { missing } from './link-entities.ts'
import { pending, type Rendered, type RenderContext } from './rendered.ts'

/** A router listener for a MultiKeyListener, in the form of Skupper v2, and a listenerAddress for each of its keys. */
export function multiKeyEntities(
  listener: MultiKeyListener,
  bind: { readonly host: string; readonly port: string },
  { facts, profiles }: RenderContext,
): Rendered {
  const { tlsCredentials, requireClientCert, observer } = listener.spec
  const sslProfile = tlsCredentials === undefined ? undefined : profiles.server(tlsCredentials)
  if (tlsCredentials !== undefined && sslProfile === undefined) return pending(listener, missing(tlsCredentials))
  const { kind, keys } = strategyOf(listener)
  const name = listenerKey(listener)
  const authenticatePeer = sslProfile !== undefined && requireClientCert === true ? true : undefined
  const entry: EntityConfig = [
    'tcpListener',
    {
      ...{ name, ...bind, siteId: facts.siteId, multiAddressStrategy: kind },
      ...{ sslProfile, authenticatePeer, observer },
    },
  ]
  const addresses = keys.map(({ routingKey, value }): EntityConfig => {
    return ['listenerAddress', { name: `${name}/${routingKey}`, address: routingKey, value, listener: name }]
  })
  return { entities: [entry, ...addresses], notes: [] }
}
