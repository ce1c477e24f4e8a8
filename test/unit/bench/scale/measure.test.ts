import { expect, test } from 'vitest'
import { measureScale } from '../../../../bench/scale/measure.ts'

const collect = (): void => undefined

test.for(['hub', 'mesh'] as const)(
  'the cost of a spoke in a %s grows no faster than routers and addresses',
  (shape) => {
    const small = measureScale({ shape, routers: 16, addresses: 50 }, collect)
    const large = measureScale({ shape, routers: 32, addresses: 100 }, collect)
    expect(large.converge_ms).toBeLessThan(5_000)
    // Twice the network; what does not depend on its size leaves some room.
    expect(large.spoke_messages).toBeLessThan(small.spoke_messages * 2.2)
    expect(large.spoke_kb).toBeLessThan(small.spoke_kb * 2.2 + 2)
  },
)
