import { parseArgs } from 'node:util'
import { loadAverage } from '../processes.ts'
import { deploymentReview } from './deployment-review.ts'
import { Reviewer } from './reviewer.ts'

// `node bench/admission/main.ts`: what a review costs beside a webhook that allows everything. All webhooks run at once
// and are asked in turn, some reviews at a time, so that whatever else the machine does meets all of them alike.

const { values } = parseArgs({
  options: { reviews: { type: 'string', default: '4000' }, rounds: { type: 'string', default: '5' } },
})
const REVIEWS = Number(values.reviews)
const SLICE = 100
/** Until the engine has compiled what a review runs through. */
const WARM_UP = 4_000

const ECHO = 'echo'
const CASES = [
  { name: ECHO, args: ['--peer', 'echo'], annotated: true },
  ...[true, false].flatMap((annotated) =>
    ['0', '10', '200'].map((policies) => ({
      name: `ours, ${annotated ? 'annotated' : 'plain'}, ${policies} policies`,
      args: ['--policies', policies],
      annotated,
    })),
  ),
]

interface Figures {
  readonly name: string
  readonly p50: number
  readonly p99: number
  /** Processor time, in milliseconds. */
  readonly cpuMsPer1000: number
}

const reviewers = new Map<string, Reviewer>()
for (const { name, args, annotated } of CASES) {
  reviewers.set(name, await Reviewer.start(args, deploymentReview(annotated)))
}
try {
  for (const reviewer of reviewers.values()) await reviewer.ask(WARM_UP)
  const rounds: Figures[][] = []
  for (let number = 1; number <= Number(values.rounds); number++) {
    const figures = await round()
    rounds.push(figures)
    for (const each of besideEcho(figures)) console.log(JSON.stringify({ round: number, ...each, load: loadAverage() }))
  }
  for (const each of medians(rounds)) console.log(JSON.stringify(each))
} finally {
  for (const reviewer of reviewers.values()) await reviewer.stop()
}

async function round(): Promise<Figures[]> {
  const before = new Map([...reviewers].map(([name, { cpu }]) => [name, cpu]))
  const times = new Map(CASES.map(({ name }) => [name, [] as number[]]))
  for (let done = 0; done < REVIEWS; done += SLICE) {
    for (const [name, reviewer] of reviewers) times.get(name)?.push(...(await reviewer.ask(SLICE)))
  }
  return [...reviewers].map(([name, { cpu }]) => {
    const sorted = (times.get(name) ?? []).sort((a, b) => a - b)
    const used = cpu - (before.get(name) ?? 0)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
    return { name, p50: at(0.5), p99: at(0.99), cpuMsPer1000: (used * 1e6) / sorted.length }
  })
}

/** The figures with their ratios to the echo webhook's of the same round. */
function besideEcho(figures: readonly Figures[]) {
  const echo = figures.find(({ name }) => name === ECHO)
  return figures.map(({ name, p50, p99, cpuMsPer1000 }) => ({
    ...{ name, p50: rounded(p50), p99: rounded(p99), cpuMsPer1000: Math.round(cpuMsPer1000) },
    p50Ratio: rounded(p50 / (echo?.p50 ?? Number.NaN)),
    p99Ratio: rounded(p99 / (echo?.p99 ?? Number.NaN)),
    cpuRatio: rounded(cpuMsPer1000 / (echo?.cpuMsPer1000 ?? Number.NaN)),
  }))
}

/** Of each case the medians of its rounds, and how far the ratio of the p99 went from round to round. */
function medians(rounds: readonly (readonly Figures[])[]) {
  const all = rounds.flatMap((figures) => besideEcho(figures))
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, own]) => {
    const ratios = own.map(({ p99Ratio }) => p99Ratio)
    const middle = (of: (figures: (typeof own)[number]) => number) => median(own.map(of))
    return {
      ...{ name, p50: middle(({ p50 }) => p50), p99: middle(({ p99 }) => p99) },
      ...{ cpuMsPer1000: middle(({ cpuMsPer1000 }) => cpuMsPer1000), cpuRatio: middle(({ cpuRatio }) => cpuRatio) },
      ...{ p99Ratio: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
    }
  })
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function rounded(value: number): number {
  return Number(value.toFixed(2))
}
