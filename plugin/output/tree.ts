/** A node of a printed tree; `details` are `key: value` lines under its text, empty values left out, sorted by key. */
export interface TreeNode {
  text: string
  details?: Readonly<Record<string, string | number | undefined>>
  children?: readonly TreeNode[]
}

/** The lines of a tree as status commands print it: the root bare, its descendants drawn with branches. */
export function treeLines(root: TreeNode): string[] {
  return [root.text, ...detailLines(root, ''), ...branchLines(root.children ?? [], '')]
}

function branchLines(nodes: readonly TreeNode[], indent: string): string[] {
  return nodes.flatMap((node, position) => {
    const last = position === nodes.length - 1
    const below = indent + (last ? '   ' : '│  ')
    return [
      `${indent}${last ? '╰─ ' : '├─ '}${node.text}`,
      ...detailLines(node, below),
      ...branchLines(node.children ?? [], below),
    ]
  })
}

function detailLines(node: TreeNode, indent: string): string[] {
  const trunk = (node.children ?? []).length > 0 ? '│ ' : ''
  return Object.entries(node.details ?? {})
    .filter(([, value]) => value !== undefined && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${indent}${trunk}${key}: ${String(value)}`)
}
