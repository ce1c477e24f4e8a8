import { z } from 'zod'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Endpoint } from '../../core/model/site.ts'
import { error, pending, type Trouble } from '../site/statements.ts'
import { PASS_THROUGH_PORT, passesThrough, passThroughHost, passThroughName } from './pass-through.ts'
import type { Owner } from './site-labels.ts'
import { TOKEN_PORT_NAME, type WayIn, type WayInPort } from './ways-in.ts'

const serviceSchema = z.looseObject({
  spec: z.looseObject({
    ports: z.array(z.looseObject({ name: z.string().optional(), nodePort: z.number().optional() })).optional(),
  }),
  status: z
    .looseObject({
      loadBalancer: z
        .looseObject({
          ingress: z.array(z.looseObject({ ip: z.string().optional(), hostname: z.string().optional() })).optional(),
        })
        .optional(),
    })
    .optional(),
})
const routeSchema = z.looseObject({ spec: z.looseObject({ host: z.string().optional() }) })

/** Where one port of a way in is dialled from outside. */
interface Outside {
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Where one way in leads in from, or why nobody can tell. */
export interface WayInReach {
  /** Roles only. */
  readonly endpoints: readonly Endpoint[]
  /** Where tokens are redeemed, if they come in here. */
  readonly tokens: { readonly host: string; readonly port: number } | undefined
  readonly trouble: Trouble | undefined
}

/** Looks an object up, as it is now. */
export type Lookup = (kind: string, name: string) => KubeObject | undefined

/** Where a way in can be dialled, by what its objects say now. */
export function wayInReach(way: WayIn, owner: Owner, lookup: Lookup): WayInReach {
  const found = outsideOf(way, owner, lookup)
  if ('message' in found) return { endpoints: [], tokens: undefined, trouble: found }
  const tokens = found.find(({ name }) => name === TOKEN_PORT_NAME)
  const roles = found.filter(({ name }) => name !== TOKEN_PORT_NAME)
  return {
    endpoints: roles.map(({ name, host, port }) => ({ name, host, port: String(port), group: way.group })),
    tokens: tokens && { host: tokens.host, port: tokens.port },
    trouble: undefined,
  }
}

function outsideOf(way: WayIn, owner: Owner, lookup: Lookup): Outside[] | Trouble {
  if (way.type === 'loadbalancer') return balanced(way, lookup)
  if (way.type === 'nodeport') return onNodes(way, owner, lookup)
  if (way.type === 'local') return way.ports.map((port) => ({ ...port, host: `${way.service}.${owner.namespace}` }))
  if (passesThrough(way.type)) return passed(way, owner, lookup)
  return error(`Unsupported access type "${way.type}"`)
}

function balanced({ service, ports }: WayIn, lookup: Lookup): Outside[] | Trouble {
  const ingress = serviceSchema.safeParse(lookup('Service', service)).data?.status?.loadBalancer?.ingress ?? []
  const hosts = ingress.flatMap(({ ip, hostname }) => ip ?? hostname ?? [])
  if (hosts.length === 0) {
    return pending(`The Service ${service} has no address from a load balancer yet; without one, use nodeport`)
  }
  return hosts.flatMap((host) => ports.map((port) => ({ ...port, host })))
}

function onNodes({ service, ports }: WayIn, { site }: Owner, lookup: Lookup): Outside[] | Trouble {
  const host = settingOf(site, 'ingress-host')
  if (host === '') return error('Link access "nodeport" needs the setting "ingress-host": the address of a node')
  const made = serviceSchema.safeParse(lookup('Service', service)).data?.spec.ports ?? []
  const opened = ports.flatMap(({ name }) => {
    const port = made.find((each) => each.name === name)?.nodePort
    return port === undefined ? [] : [{ name, host, port }]
  })
  return opened.length === ports.length ? opened : pending(`The Service ${service} has no node ports yet`)
}

function passed(way: WayIn, owner: Owner, lookup: Lookup): Outside[] | Trouble {
  const hosts = way.ports.map((port) => passThroughHost(way, port, owner) ?? routeHost(way, port, lookup))
  if (hosts.some((host) => host === undefined)) {
    return way.type === 'route'
      ? pending('The Routes have no host names yet')
      : error(`Link access "${way.type}" needs the setting "ingress-host": the domain of its host names`)
  }
  return way.ports.flatMap(({ name }, index) => {
    const host = hosts[index]
    return host === undefined ? [] : [{ name, host, port: PASS_THROUGH_PORT }]
  })
}

/** OpenShift makes up a host name where a Route asks for none. */
function routeHost(way: WayIn, port: WayInPort, lookup: Lookup): string | undefined {
  if (way.type !== 'route') return undefined
  return routeSchema.safeParse(lookup('Route', passThroughName(way, port))).data?.spec.host
}
