import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { measureScale, type ScaleResult } from './measure.ts'
import { plot, type Curve } from './plot.ts'
import { measureProcesses } from './processes.ts'
import type { Shape } from './shape.ts'

// `npx node bench/scale/main.ts --sizes 25,50,100,200 --addresses 2000 --plots docs/performance`: a JSON line for each
// network, and curves over the number of routers. With `--processes 30` real routers on this machine instead.

const SHAPES: readonly Shape[] = ['hub', 'mesh']
const PLOTS = [
  ['converge_ms', 'ms until all routers know all'],
  ['messages', 'messages on all links until then'],
  ['spoke_messages', 'messages of one outer router until then'],
  ['memory_kb_per_router', 'memory of a router, kB'],
] as const

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '25,50,100,200' },
    addresses: { type: 'string', default: '2000' },
    plots: { type: 'string' },
    processes: { type: 'string' },
  },
})
if (values.processes === undefined) await simulate()
else for (const shape of SHAPES) console.log(JSON.stringify(await measureProcesses(shape, Number(values.processes))))

async function simulate(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const results: ScaleResult[] = []
  for (const shape of SHAPES) {
    for (const routers of values.sizes.split(',').map(Number)) {
      const result = measureScale({ shape, routers, addresses: Number(values.addresses) }, collect)
      results.push(result)
      console.log(JSON.stringify(result))
    }
  }
  if (values.plots === undefined) return
  await mkdir(values.plots, { recursive: true })
  for (const [figure, title] of PLOTS) {
    await writeFile(join(values.plots, `${figure}.svg`), plot(title, curves(results, figure)))
  }
}

function curves(results: readonly ScaleResult[], figure: (typeof PLOTS)[number][0]): Curve[] {
  return SHAPES.map((name) => ({
    name,
    points: results.filter(({ shape }) => shape === name).map((result) => [result.routers, result[figure]] as const),
  }))
}
