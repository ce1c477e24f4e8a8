import type { GivenCredentials } from '../../core/model/credentials.ts'
import type { AttributeValue, EntityConfig } from '../../router/config/entities.ts'
import type { EntityChange, EntityPlan } from '../../router/config/entity-diff.ts'
import { credentialPaths } from './site-objects.ts'

/** PEM texts by the paths at which routers find them. */
export type PemByPath = ReadonlyMap<string, string>

type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** The attributes of a profile that name files, and those that carry the same as text. */
const INLINE = { caCertFile: 'caCert', certFile: 'cert', privateKeyFile: 'privateKey' } as const

export function pemByPath(contents: ReadonlyMap<string, GivenCredentials>): PemByPath {
  const pairs = [...contents].flatMap(([name, content]) => {
    const paths = credentialPaths(name, content)
    return [
      [paths.ca, content.ca] as const,
      ...(content.certificate === undefined ? [] : [[paths.certificate ?? '', content.certificate] as const]),
      ...(content.key === undefined ? [] : [[paths.key ?? '', content.key] as const]),
    ]
  })
  return new Map(pairs)
}

/**
 * The plan with the credentials themselves beside the names of their files: a mounted Secret follows only after a
 * minute. A router that has just come up may have read older files, so it is given all of them.
 */
export function withInlineCredentials(
  plan: EntityPlan,
  desired: readonly EntityConfig[],
  { pems, all }: { pems: PemByPath; all: boolean },
): EntityPlan {
  const profiles = new Map(
    desired.flatMap(([type, attributes]): [string, Attributes][] => {
      return type === 'sslProfile' ? [[attributes.name, attributes]] : []
    }),
  )
  const inlined = (change: EntityChange): EntityChange => {
    const profile = change.type === 'sslProfile' ? profiles.get(change.name) : undefined
    return profile === undefined
      ? change
      : { ...change, attributes: { ...change.attributes, ...inline(profile, pems) } }
  }
  const changed = new Set([...plan.update, ...plan.create].map(({ type, name }) => `${type} ${name}`))
  const rest = all ? [...profiles.keys()].filter((name) => !changed.has(`sslProfile ${name}`)) : []
  const refreshed = rest.map((name): EntityChange => ({ type: 'sslProfile', name, attributes: {} }))
  return { ...plan, update: [...refreshed, ...plan.update].map(inlined), create: plan.create.map(inlined) }
}

function inline(profile: Attributes, pems: PemByPath): Record<string, string> {
  const found = Object.entries(INLINE).flatMap(([file, attribute]) => {
    const pem = pems.get(String(profile[file] ?? ''))
    return pem === undefined ? [] : [[attribute, pem] as const]
  })
  return Object.fromEntries(found)
}
