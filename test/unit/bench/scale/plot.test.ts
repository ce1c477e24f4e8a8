import { expect, test } from 'vitest'
import { plot } from '../../../../bench/scale/plot.ts'

test('the largest point is in the upper right corner, and every curve has its name', () => {
  const svg = plot('messages', [
    {
      name: 'hub',
      points: [
        [0, 0],
        [200, 50],
      ],
    },
    { name: 'mesh', points: [[100, 100]] },
  ])
  expect(svg).toContain('points="50.0,210.0 370.0,130.0"')
  expect(svg).toContain('points="210.0,50.0"')
  for (const text of ['messages', 'hub', 'mesh', '200 routers', '>100<']) expect(svg).toContain(text)
})
