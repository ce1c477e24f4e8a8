import { expect, test } from 'vitest'
import { SkupperError } from '../../../../../core/model/error.ts'
import { Complaints } from '../../../../../router/mesh/connection/complaints.ts'

function recorded(): { complaints: Complaints; lines: string[]; duplicates: string[] } {
  const lines: string[] = []
  const duplicates: string[] = []
  const log = { info: () => undefined, warn: (_facts: object, text: string) => void lines.push(text) }
  return { complaints: new Complaints(log, (id) => void duplicates.push(id)), lines, duplicates }
}

const linkTo = (peerId: string) => ({ peerId, cost: 1, send: () => undefined })

test('garbage is one line for each link', () => {
  const { complaints, lines } = recorded()
  const link = linkTo('A')
  for (let at = 0; at < 3; at++) complaints.garbled(link, new SkupperError('mesh/malformed-message', 'no message'))
  complaints.garbled(linkTo('A'), new SkupperError('mesh/malformed-message', 'no message'))
  expect(lines).toHaveLength(2)
})

test('an error of our own making is not garbage', () => {
  const { complaints, lines } = recorded()
  expect(() => {
    complaints.garbled(linkTo('A'), new TypeError('ours'))
  }).toThrow(TypeError)
  expect(lines).toEqual([])
})

test('a duplicate id is told once a minute', () => {
  const { complaints, lines, duplicates } = recorded()
  for (const now of [0, 1_000, 59_999, 60_000]) complaints.duplicate('A', now)
  complaints.duplicate('B', 60_000)
  expect(duplicates).toEqual(['A', 'A', 'B'])
  expect(lines).toHaveLength(3)
})
