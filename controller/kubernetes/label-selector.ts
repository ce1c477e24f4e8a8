import type { Labels } from '../../core/model/labels.ts'

/** Whether labels are selected. */
export type LabelMatch = (labels: Labels | undefined) => boolean

const SET_BASED = /^(?<key>\S+)\s+(?<operator>in|notin)\s+\((?<values>[^()]*)\)$/
const EQUALITY = /^(?<key>[^\s!=]+)\s*(?<operator>==?|!=)\s*(?<value>[^\s!=]*)$/
const EXISTENCE = /^(?<not>!?)\s*(?<key>[^\s!=()]+)$/

/** A label selector as kubectl takes it: `k=v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k`, `!k`; else undefined. */
export function parseSelector(text: string): LabelMatch | undefined {
  const requirements = splitTop(text).map(requirementOf)
  if (requirements.some((each) => each === undefined)) return undefined
  return (labels) => requirements.every((requirement) => requirement?.(labels) ?? false)
}

/** At commas that are not within parentheses. */
function splitTop(text: string): string[] {
  return (text.match(/(?:[^,(]|\([^)]*\)?)+/g) ?? []).map((part) => part.trim())
}

function requirementOf(text: string): LabelMatch | undefined {
  return setBased(text) ?? equality(text) ?? existence(text)
}

function setBased(text: string): LabelMatch | undefined {
  const { key, operator, values } = SET_BASED.exec(text)?.groups ?? {}
  if (key === undefined || values === undefined) return undefined
  const wanted = values.split(',').map((value) => value.trim())
  return operator === 'in'
    ? (labels) => wanted.includes(labels?.[key] ?? '') && labels?.[key] !== undefined
    : (labels) => labels?.[key] === undefined || !wanted.includes(labels[key])
}

function equality(text: string): LabelMatch | undefined {
  const { key, operator, value } = EQUALITY.exec(text)?.groups ?? {}
  if (key === undefined) return undefined
  return operator === '!=' ? (labels) => labels?.[key] !== value : (labels) => labels?.[key] === value
}

function existence(text: string): LabelMatch | undefined {
  const { not, key } = EXISTENCE.exec(text)?.groups ?? {}
  if (key === undefined) return undefined
  return not === '!' ? (labels) => labels?.[key] === undefined : (labels) => labels?.[key] !== undefined
}
