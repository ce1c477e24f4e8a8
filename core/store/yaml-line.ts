import { isMap, isNode, isScalar, isSeq, type Document, type LineCounter } from 'yaml'

/**
 * The line, from 1, of the field that `path` leads to, or of the last part of the path that is there: what is missing
 * is missing in its parent.
 */
export function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number | undefined {
  let node: unknown = document.contents
  let offset = offsetOf(node)
  for (const key of path) {
    const step = stepInto(node, key)
    if (step === undefined) break
    offset = offsetOf(step.key) ?? offsetOf(step.value) ?? offset
    node = step.value
  }
  return offset === undefined ? undefined : lines.linePos(offset).line
}

function stepInto(node: unknown, key: PropertyKey): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) return typeof key === 'number' && key in node.items ? { value: node.items[key] } : undefined
  if (!isMap(node)) return undefined
  return node.items.find((pair) => (isScalar(pair.key) ? pair.key.value : pair.key) === key)
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
