/** A row of the table: what Skupper v2.2 took, what is aimed at, and what was measured here. */
export interface Figure {
  readonly what: string
  readonly skupper: string
  readonly reach: string
  readonly ours: string
}

/** The figures as a table in Markdown. */
export function figureTable(figures: readonly Figure[]): string {
  const head = ['what', 'Skupper v2.2', 'reach', 'ours']
  const rows = figures.map(({ what, skupper, reach, ours }) => [what, skupper, reach, ours])
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
