/** A line of a plot: its points by x. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const WIDTH = 420
const HEIGHT = 260
const MARGIN = 50
const COLOURS = ['#0b6', '#06c', '#c40', '#808']

/** An SVG with some curves over the same x, both axes from 0. */
export function plot(title: string, curves: readonly Curve[]): string {
  const all = curves.flatMap(({ points }) => points)
  const most = (values: readonly number[]): number => Math.max(1, ...values)
  const [maxX, maxY] = [most(all.map(([x]) => x)), most(all.map(([, y]) => y))]
  const at = (x: number, y: number): string =>
    `${(MARGIN + (x / maxX) * (WIDTH - 2 * MARGIN)).toFixed(1)},${(HEIGHT - MARGIN - (y / maxY) * (HEIGHT - 2 * MARGIN)).toFixed(1)}`
  const lines = curves.map(({ name, points }, nth) => {
    const colour = COLOURS[nth % COLOURS.length] ?? '#000'
    const path = points.map(([x, y]) => at(x, y)).join(' ')
    const label = `<text x="${String(MARGIN + 8)}" y="${String(MARGIN + 14 * nth)}" fill="${colour}">${name}</text>`
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path}"/>${label}`
  })
  const text = (x: number, y: number, what: string): string =>
    `<text x="${String(x)}" y="${String(y)}" text-anchor="middle">${what}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(WIDTH)}" height="${String(HEIGHT)}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${text(WIDTH / 2, 20, title)}
<polyline fill="none" stroke="#888" points="${at(0, maxY)} ${at(0, 0)} ${at(maxX, 0)}"/>
${text(MARGIN - 22, MARGIN + 4, String(maxY))}
${text(WIDTH - MARGIN, HEIGHT - MARGIN + 16, `${String(maxX)} routers`)}
${lines.join('\n')}
</svg>
`
}
