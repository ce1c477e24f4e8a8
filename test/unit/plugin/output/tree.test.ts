import { expect, test } from 'vitest'
import { treeLines } from '../../../../plugin/output/tree.ts'

test('children hang on branches, details under their item, sorted and without the empty ones', () => {
  const lines = treeLines({
    text: 'Sites:',
    children: [
      {
        text: '[local] 1(west)',
        details: { 'site name': 'west', namespace: 'west', version: undefined },
        children: [{ text: 'Linked sites:', children: [{ text: '2(east)', details: { direction: 'outgoing' } }] }],
      },
      { text: '[remote] 2(east)', details: { version: '1' } },
    ],
  })
  expect(lines).toEqual([
    'Sites:',
    '├─ [local] 1(west)',
    '│  │ namespace: west',
    '│  │ site name: west',
    '│  ╰─ Linked sites:',
    '│     ╰─ 2(east)',
    '│        direction: outgoing',
    '╰─ [remote] 2(east)',
    '   version: 1',
  ])
})
