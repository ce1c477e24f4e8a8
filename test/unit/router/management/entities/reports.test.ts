import { expect, test } from 'vitest'
import { Reports } from '../../../../../router/management/entities/reports.ts'

test('every report runs until it is ended', () => {
  const reports = new Reports()
  const ran: string[] = []
  const end = reports.add(() => ran.push('a'))
  reports.add(() => ran.push('b'))
  reports.run([])
  end()
  reports.run([])
  expect(ran).toEqual(['a', 'b', 'b'])
})
