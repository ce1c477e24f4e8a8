import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { readCorpus } from '../../../../bench/fuzz/corpus.ts'
import { fuzz } from '../../../../bench/fuzz/fuzz.ts'
import { FUZZ_TARGETS } from '../../../../bench/fuzz/targets/targets.ts'

const INPUTS = 20_000

test.for(FUZZ_TARGETS)('$name takes or refuses whatever comes', (target) => {
  const { faults, refused } = fuzz(target, { inputs: INPUTS, seed: 2_026 })
  expect(faults).toEqual([])
  expect(refused).toBeLessThan(INPUTS)
})

test.for(FUZZ_TARGETS)('the corpus of $name is good input', (target) => {
  const read = target.make()
  const inputs = readCorpus(target.corpus)
  expect(inputs.length).toBeGreaterThan(0)
  for (const input of inputs) {
    expect(() => {
      read(input)
    }).not.toThrow()
  }
})

test('errors of ours are refusals, all others are faults, and ten are enough', () => {
  const target = (error: Error) => ({
    name: 'bad',
    corpus: 'amqp-frames',
    make: () => () => {
      throw error
    },
  })
  const options = { inputs: 100, seed: 1 }
  expect(fuzz(target(new SkupperError('amqp/decode-error', 'no')), options)).toMatchObject({ refused: 100, faults: [] })
  expect(fuzz(target(new TypeError('oops')), options).faults).toHaveLength(10)
})
