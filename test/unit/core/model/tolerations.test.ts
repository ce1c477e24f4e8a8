import { expect, it } from 'vitest'
import { parseTolerations } from '../../../../core/model/tolerations.ts'

it('reads taints as kubectl writes them', () => {
  expect(parseTolerations('edge=yes:NoSchedule, spot, gpu:NoExecute')).toEqual([
    { key: 'edge', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
    { key: 'spot', operator: 'Exists' },
    { key: 'gpu', operator: 'Exists', effect: 'NoExecute' },
  ])
})

it.each(['', 'a=b:Never', ':NoSchedule', 'a,,b', 'a b'])('refuses %j', (text) => {
  expect(parseTolerations(text)).toBeUndefined()
})
