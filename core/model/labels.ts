const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

export type Labels = Readonly<Record<string, string>>

/** The labels of `k=v,k=v`; undefined where it is not of that form or not a label of Kubernetes. */
export function parseLabels(text: string): Labels | undefined {
  const labels: Record<string, string> = {}
  for (const pair of text.split(',')) {
    const [key = '', value, ...more] = pair.trim().split('=')
    if (value === undefined || more.length > 0 || !isLabel(key, value)) return undefined
    labels[key] = value
  }
  return labels
}

/** `k=v,k=v`, sorted by key. */
export function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return pairs.sort().join(',')
}

/** True where `labels` has every one of `wanted`. */
export function hasLabels(labels: Labels | undefined, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value)
}

/** Whether Kubernetes takes this as a label. */
export function isLabel(key: string, value: string): boolean {
  return LABEL_KEY.test(key) && LABEL_VALUE.test(value)
}
