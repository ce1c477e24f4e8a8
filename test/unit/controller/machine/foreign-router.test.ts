import { expect, test } from 'vitest'
import { foreignRouter } from '../../../../controller/machine/foreign-router.ts'

test('a router that is not ours ends with its supervisor where the machine can do that', () => {
  const found = foreignRouter('/opt/skrouterd', '/site.json', (path) => path === '/bin/setpriv')
  expect(found).toEqual(['/bin/setpriv', '--pdeathsig', 'TERM', '/opt/skrouterd', '-c', '/site.json'])
  expect(foreignRouter('skrouterd', '/site.json', () => false)).toEqual(['skrouterd', '-c', '/site.json'])
})
