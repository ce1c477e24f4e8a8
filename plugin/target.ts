import { TARGET_ANNOTATION } from '../core/model/annotation-names.ts'
import type { Connector } from '../core/model/connector.ts'
import { SkupperError } from '../core/model/error.ts'

/** How a target is written on the command line: `host HOST`, `deployment/NAME`. */
export interface TargetName {
  type: string
  name: string
}

/** A port that a target says it has. */
export interface TargetPort {
  /** Where clients call it, unless a flag says otherwise. */
  port: number
  /** Where the target listens. */
  targetPort: number
  portName?: string | undefined
  appProtocol?: string | undefined
}

/** Something that can be exposed. */
export interface Target extends TargetName {
  /** How connectors find it. */
  exit: { host: string } | { selector: string }
  ports: readonly TargetPort[]
  /** The address where none is given. */
  address?: string
  /** An address that would lead back to the target itself. */
  notAddress?: string
}

const SHORT: Readonly<Record<string, string>> = {
  deploy: 'deployment',
  deployments: 'deployment',
  sts: 'statefulset',
  statefulsets: 'statefulset',
  ds: 'daemonset',
  daemonsets: 'daemonset',
  svc: 'service',
  services: 'service',
}

/**
 * The target of `TYPE NAME` or `TYPE/NAME`; types may be written as kubectl takes them. Throws `target/type` where the
 * type is none of `types`, `target/name` where a name is missing or there are two.
 */
export function targetName(types: readonly string[], first: string, second?: string): TargetName {
  const [word = '', inline, ...more] = first.split('/')
  const type = SHORT[word] ?? word
  if (!types.includes(type)) {
    const wanted = `[${types.join(', ')}]`
    const message = `invalid target type: ${word} - valid target types are: ${wanted}`
    throw new SkupperError('target/type', message, { given: word, wanted })
  }
  const [name, ...others] = [inline, second, ...more].filter((part) => part !== undefined)
  if (others.length > 0) {
    const given = others.join(' ')
    throw new SkupperError('target/name', `extra argument: ${given}`, { given, wanted: 'TYPE/NAME' })
  }
  if (name !== undefined && name !== '') return { type, name }
  const example = `'skupper expose ${types[0] ?? ''} <name>'`
  throw new SkupperError('target/name', `expose target and name must be specified (e.g. ${example})`)
}

/** The target as people read it: `deployment backend`. */
export const targetText = ({ type, name }: TargetName): string => `${type} ${name}`

/** The annotation on a Connector by which its target is known again; none where its host says it. */
export function targetAnnotation({ type, name }: TargetName): Record<string, string> {
  return type === 'host' ? {} : { [TARGET_ANNOTATION]: `${type}/${name}` }
}

/** `TYPE/NAME` of what a connector leads to; undefined where only its selector tells. */
export function targetOf({ metadata, spec }: Connector): string | undefined {
  return metadata.annotations?.[TARGET_ANNOTATION] ?? (spec.host === undefined ? undefined : `host/${spec.host}`)
}

/** Whether a connector leads to that target. */
export const leadsTo = (connector: Connector, { type, name }: TargetName): boolean =>
  targetOf(connector) === `${type}/${name}`
