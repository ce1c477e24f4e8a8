import { expect, it } from 'vitest'
import { nearest, unknownAnnotations } from '../../../../../core/model/exposure/known-annotations.ts'

it('names the nearest key for one that is not known', () => {
  expect(unknownAnnotations({ 'skupper.io/expos': 'true', 'skupper.io/port': '1', 'other.io/x': '' })).toEqual([
    'annotation skupper.io/expos is not known; did you mean skupper.io/expose?',
  ])
  expect(nearest('skupper.io/adress', ['skupper.io/port', 'skupper.io/address'])).toBe('skupper.io/address')
})

it('tells ten of a thousand', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`skupper.io/x${String(i)}`, '']))
  const told = unknownAnnotations(many)
  expect(told).toHaveLength(11)
  expect(told.at(-1)).toBe('990 more skupper.io/ annotations are not known')
})
