import { expect, it } from 'vitest'
import { formatLabels, hasLabels, parseLabels } from '../../../../core/model/labels.ts'

it('reads and writes lists of labels', () => {
  expect(parseLabels('app=web, tier=front')).toEqual({ app: 'web', tier: 'front' })
  expect(parseLabels('app=')).toEqual({ app: '' })
  expect(formatLabels({ tier: 'front', app: 'web' })).toBe('app=web,tier=front')
})

it.each(['', 'app', 'app=web,', 'app=a=b', '=web', 'a b=c', 'app=not valid', '-a=b'])('does not read %j', (text) => {
  expect(parseLabels(text)).toBeUndefined()
})

it('wants every label', () => {
  expect(hasLabels({ app: 'web', tier: 'front' }, { app: 'web' })).toBe(true)
  expect(hasLabels({ app: 'web' }, { app: 'web', tier: 'front' })).toBe(false)
  expect(hasLabels(undefined, {})).toBe(true)
  expect(hasLabels(undefined, { app: 'web' })).toBe(false)
})
