import { SkupperError } from '../model/error.ts'
import type { ResourceType } from './kube-object.ts'

export interface KubePlace {
  /** Left out for all namespaces, and for types that have none. */
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly subresource?: string | undefined
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
}

/** The path of a type's objects, or of one of them, with its query. */
export function kubePath(type: ResourceType, { namespace, name, subresource, query }: KubePlace): string {
  const root = type.apiVersion.includes('/') ? 'apis' : 'api'
  const within = type.namespaced && namespace !== undefined ? ['namespaces', segment(namespace)] : []
  const rest = [name, subresource].filter((part) => part !== undefined).map(segment)
  return `/${[root, type.apiVersion, ...within, type.plural, ...rest].join('/')}${queryText(query)}`
}

/** A name becomes part of a path: it may lead nowhere else. */
function segment(name: string): string {
  if (/^[A-Za-z0-9][-A-Za-z0-9_.:]{0,252}$/.test(name)) return name
  const message = `"${name.slice(0, 80)}" is no name of a Kubernetes object`
  throw new SkupperError('kube/invalid', message, { given: name, wanted: 'letters, digits, "-", "." and ":"' })
}

function queryText(query: KubePlace['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
