import type { KubeObject } from '../../core/kube/kube-object.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { groupSuffix } from './router-groups.ts'
import { annotationsOf, type Owner } from './site-labels.ts'
import type { WayIn, WayInPort } from './ways-in.ts'

/** Where TLS is passed through by its server name, everything comes in at this port. */
export const PASS_THROUGH_PORT = 443
const NGINX: readonly string[] = ['ingress-nginx', 'nginx-ingress-v1']
const NGINX_ANNOTATIONS = {
  'nginx.ingress.kubernetes.io/ssl-passthrough': 'true',
  'nginx.ingress.kubernetes.io/ssl-redirect': 'true',
}
const DEFAULT_ACCESS = 'skupper-router'

type Maker = (way: WayIn, owner: Owner) => KubeObject[]

/** What passes TLS through to a Service, by access type. Host names begin with the port's name, as in Skupper v1. */
const MAKERS: Readonly<Record<string, Maker>> = {
  ingress: (way, { site, namespace }) => [ingress(way, site, namespace)],
  'ingress-nginx': (way, { site, namespace }) => [ingress(way, site, namespace)],
  'nginx-ingress-v1': (way, { site, namespace }) => [ingress(way, site, namespace)],
  'contour-http-proxy': (way, owner) => way.ports.map((port) => httpProxy(way, port, owner)),
  route: (way, owner) => way.ports.map((port) => route(way, port, owner)),
  gateway: (way, owner) => way.ports.map((port) => tlsRoute(way, port, owner)),
}

/** Whether an access type leads through something that passes TLS through. */
export function passesThrough(type: string): boolean {
  return Object.hasOwn(MAKERS, type)
}

/** The objects beside the Service; none for access types that need none. */
export function passThroughObjects(way: WayIn, owner: Owner): KubeObject[] {
  return MAKERS[way.type]?.(way, owner) ?? []
}

/** The name of what passes one port through. */
export function passThroughName({ service }: WayIn, { name }: WayInPort): string {
  return `${service}-${name}`
}

/** The host name under which a port is dialled; undefined while the Site names no domain. */
export function passThroughHost(way: WayIn, { name }: WayInPort, { site, namespace }: Owner): string | undefined {
  const domain = settingOf(site, 'ingress-host')
  const { name: access } = way.access.metadata
  const prefix = access === DEFAULT_ACCESS ? '' : `${access}-`
  return domain === '' ? undefined : `${prefix}${name}${groupSuffix(way.index)}.${namespace}.${domain}`
}

function ingress(way: WayIn, site: Site, namespace: string): KubeObject {
  const isNginx = NGINX.includes(way.type)
  const className = settingOf(site, 'ingressClassName') || (isNginx ? 'nginx' : '')
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: way.service,
      annotations: { ...(isNginx ? NGINX_ANNOTATIONS : {}), ...annotationsOf(settingOf(site, 'ingress-annotations')) },
    },
    spec: {
      ...(className === '' ? {} : { ingressClassName: className }),
      rules: way.ports.map((port) => ({
        ...hostField('host', passThroughHost(way, port, { site, namespace })),
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: way.service, port: { number: port.port } } },
            },
          ],
        },
      })),
    },
  }
}

function httpProxy(way: WayIn, port: WayInPort, owner: Owner): KubeObject {
  return {
    apiVersion: 'projectcontour.io/v1',
    kind: 'HTTPProxy',
    metadata: { name: passThroughName(way, port) },
    spec: {
      virtualhost: { ...hostField('fqdn', passThroughHost(way, port, owner)), tls: { passthrough: true } },
      tcpproxy: { services: [{ name: way.service, port: port.port }] },
    },
  }
}

function route(way: WayIn, port: WayInPort, owner: Owner): KubeObject {
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { name: passThroughName(way, port) },
    spec: {
      ...hostField('host', passThroughHost(way, port, owner)),
      port: { targetPort: port.name },
      tls: { termination: 'passthrough', insecureEdgeTerminationPolicy: 'None' },
      to: { kind: 'Service', name: way.service },
    },
  }
}

function tlsRoute(way: WayIn, port: WayInPort, owner: Owner): KubeObject {
  const host = passThroughHost(way, port, owner)
  return {
    apiVersion: 'gateway.networking.k8s.io/v1alpha2',
    kind: 'TLSRoute',
    metadata: { name: passThroughName(way, port) },
    spec: {
      parentRefs: [{ name: settingOf(owner.site, 'gateway') }],
      ...(host === undefined ? {} : { hostnames: [host] }),
      rules: [{ backendRefs: [{ name: way.service, port: port.port }] }],
    },
  }
}

function hostField(name: string, host: string | undefined): Record<string, string> {
  return host === undefined ? {} : { [name]: host }
}
