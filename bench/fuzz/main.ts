import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'
import { FUZZ_TARGETS } from './targets/targets.ts'

// The long run by hand: `npx node bench/fuzz/main.ts --inputs 10000000 --seed 1 --targets amqp,control`.

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
    targets: { type: 'string', default: FUZZ_TARGETS.map(({ name }) => name).join() },
  },
})
// Nearly every input is refused with an error: what takes longest is to note where it came from.
Error.stackTraceLimit = 3

const [inputs, seed] = [Number(values.inputs), Number(values.seed)]
const wanted = values.targets.split(',')

for (const target of FUZZ_TARGETS.filter(({ name }) => wanted.includes(name))) {
  const startedAt = performance.now()
  let peakMegabytes = 0
  const result = fuzz(target, {
    inputs,
    seed,
    onProgress: () => {
      peakMegabytes = Math.max(peakMegabytes, process.memoryUsage.rss() / 1e6)
    },
  })
  const { faults, refused, slowestMs } = result
  const seconds = (performance.now() - startedAt) / 1000
  const facts = { target: target.name, inputs, seed, refused, faults: faults.length, slowestMs, peakMegabytes, seconds }
  console.log(JSON.stringify(facts))
  for (const { input, what } of faults) console.log(`${input}\n${what}`)
  if (faults.length > 0) process.exitCode = 1
}
