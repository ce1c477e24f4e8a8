import { INJECTED_ANNOTATION, USER_ANNOTATIONS, type UserAnnotation } from '../annotation-names.ts'
import { SkupperError } from '../error.ts'
import { parseLabels, type Labels } from '../labels.ts'
import { PROTOCOLS, type Protocol } from '../protocol.ts'
import { quoted } from '../schema-issue.ts'
import { titleOf, type ExposableObject } from './exposable-object.ts'
import { parseInjected } from './injected.ts'

const USER_KEYS = Object.entries(USER_ANNOTATIONS) as [UserAnnotation, string][]
const EXPOSE_WORDS = ['true', 'false', ...PROTOCOLS] as const

/** What a user wrote under each key, trimmed; what the webhook wrote is not in it. */
export type UserWish = Readonly<Partial<Record<UserAnnotation, string>>>

/** Whether a user wants the object exposed. `protocol` is undefined where it is to be deduced. */
export type Asked =
  | { readonly answer: 'yes'; readonly protocol: Protocol | undefined; readonly by: string }
  | { readonly answer: 'no' }
  | { readonly answer: 'unsaid' }

/** The user's own words. A key with the value that the webhook gave it is not the user's. Throws `exposure/injected`. */
export function userWish({ annotations }: Pick<ExposableObject, 'annotations'>): UserWish {
  const injected = parseInjected(annotations[INJECTED_ANNOTATION]).annotations
  const wish: Partial<Record<UserAnnotation, string>> = {}
  for (const [word, key] of USER_KEYS) {
    const value = annotations[key]
    if (value !== undefined && value !== injected[key]) wish[word] = value.trim()
  }
  return wish
}

/** What `expose` and `proxy` say together. Throws `annotation/invalid`, and `annotation/contradiction`. */
export function askedFor(object: ExposableObject, wish: UserWish): Asked {
  const expose = wordOf(object, { wish, key: 'expose', words: EXPOSE_WORDS })
  if (expose === 'false') return { answer: 'no' }
  const proxy = wordOf(object, { wish, key: 'proxy', words: PROTOCOLS })
  if (expose === undefined) {
    return proxy === undefined
      ? { answer: 'unsaid' }
      : { answer: 'yes', protocol: proxy, by: `annotation ${USER_ANNOTATIONS.proxy}` }
  }
  const by = `annotation ${USER_ANNOTATIONS.expose}`
  if (expose === 'true') return { answer: 'yes', protocol: proxy, by }
  if (proxy !== undefined && proxy !== expose) throw contradiction(object, expose, proxy)
  return { answer: 'yes', protocol: expose, by }
}

/** One of a few words; undefined where the key is absent. Throws `annotation/invalid`. */
export function wordOf<Word extends string>(
  object: ExposableObject,
  { wish, key, words }: { wish: UserWish; key: UserAnnotation; words: readonly Word[] },
): Word | undefined {
  const given = wish[key]
  if (given === undefined) return undefined
  const word = words.find((known) => known === given)
  if (word === undefined) throw invalid(object, key, { given, wanted: `one of ${words.join(', ')}` })
  return word
}

/** The labels of `k=v,k=v`, none where the key is absent or empty. Throws `annotation/invalid`. */
export function labelsOf(object: ExposableObject, wish: UserWish): Labels {
  const given = wish.serviceLabels ?? ''
  const labels = given === '' ? {} : parseLabels(given)
  if (labels === undefined) throw invalid(object, 'serviceLabels', { given, wanted: 'labels such as "k=v,k=v"' })
  return labels
}

/** The annotations of `k=v,k=v`; as in v1 a value ends at a second "=". Throws `annotation/invalid`. */
export function annotationsOf(object: ExposableObject, wish: UserWish): Labels {
  const given = wish.serviceAnnotations ?? ''
  if (given === '') return {}
  const pairs = given.split(',').map((pair) => pair.trim().split('='))
  if (pairs.some(([key = '', value]) => value === undefined || !/^([-a-z0-9.]+\/)?[-\w.]{1,63}$/i.test(key))) {
    throw invalid(object, 'serviceAnnotations', { given, wanted: 'annotations such as "k=v,k=v"' })
  }
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]))
}

/** The error of a wrong value: names object and key, quotes the value, and says what is allowed. */
export function invalid(
  object: ExposableObject,
  key: UserAnnotation,
  { given, wanted }: { given: string; wanted: string },
): SkupperError {
  const message = `${titleOf(object)}: annotation ${USER_ANNOTATIONS[key]} is ${quoted(given)}; wanted ${wanted}`
  return new SkupperError('annotation/invalid', message, { given, wanted })
}

function contradiction(object: ExposableObject, expose: string, proxy: string): SkupperError {
  const both = `${USER_ANNOTATIONS.expose} is "${expose}" and ${USER_ANNOTATIONS.proxy} is "${proxy}"`
  const wanted = 'one of them, or both alike'
  return new SkupperError('annotation/contradiction', `${titleOf(object)}: annotation ${both}; wanted ${wanted}`, {
    given: `${expose}, ${proxy}`,
    wanted,
  })
}
