/** A toleration of Kubernetes, as far as a setting can say it. */
export interface Toleration {
  readonly key: string
  readonly operator: 'Equal' | 'Exists'
  readonly value?: string
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

const TOLERATION =
  /^(?<key>[A-Za-z0-9][-A-Za-z0-9_./]{0,252})(?:=(?<value>[-A-Za-z0-9_.]{0,63}))?(?::(?<effect>NoSchedule|PreferNoSchedule|NoExecute))?$/
const EFFECTS: readonly Toleration['effect'][] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** The tolerations of `key[=value][:effect],…`, which is how `kubectl taint` writes them; undefined for anything else. */
export function parseTolerations(text: string): Toleration[] | undefined {
  const parsed = text.split(',').map((part) => tolerationOf(part.trim()))
  return parsed.some((each) => each === undefined) ? undefined : parsed.flatMap((each) => each ?? [])
}

function tolerationOf(text: string): Toleration | undefined {
  const { key, value, effect } = TOLERATION.exec(text)?.groups ?? {}
  if (key === undefined) return undefined
  const known = EFFECTS.find((each) => each === effect)
  return {
    key,
    operator: value === undefined ? 'Exists' : 'Equal',
    ...(value === undefined ? {} : { value }),
    ...(known === undefined ? {} : { effect: known }),
  }
}
