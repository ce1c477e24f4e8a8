import { expect, it } from 'vitest'
import { selects, selectorText, type LabelSelector } from '../../../../../core/model/policy/label-selector.ts'

const labels = { app: 'web', tier: 'a' }

it.each<[LabelSelector, boolean, string]>([
  [{}, true, ''],
  [{ matchLabels: { app: 'web' } }, true, 'app=web'],
  [{ matchLabels: { app: 'db' } }, false, 'app=db'],
  [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] }, true, 'tier in (a,b)'],
  [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a'] }] }, false, 'tier notin (a)'],
  [{ matchExpressions: [{ key: 'none', operator: 'NotIn', values: ['a'] }] }, true, 'none notin (a)'],
  [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true, 'tier'],
  [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false, '!tier'],
  [
    { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
    false,
    'app=web,constructor',
  ],
])('%j', (selector, selected, text) => {
  expect(selects(selector, labels)).toBe(selected)
  expect(selectorText(selector)).toBe(text)
})
