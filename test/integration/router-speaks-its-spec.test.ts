import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rheaManagement } from '../support/rhea-management.ts'
import { startRouter } from '../support/router-process.ts'

const SPEC = join(import.meta.dirname, '../../router/spec.md')
const LETTERS: Readonly<Record<string, string>> = { C: 'CREATE', U: 'UPDATE', D: 'DELETE' }

/** The operations that the table of spec.md gives each entity type. */
async function specified(): Promise<Record<string, string[]>> {
  const table = (await readFile(SPEC, 'utf8')).split('### Entity types')[1]?.split('###')[0] ?? ''
  const rows = table.matchAll(/^\| `([^`]+)` +\| ([^|]*)\|/gm)
  return Object.fromEntries(
    [...rows].map(([, type = '', operations = '']) => {
      const changes = operations.trim().split(' ')
      return [`io.skupper.router.${type}`, [...changes.flatMap((letter) => LETTERS[letter] ?? []), 'READ']]
    }),
  )
}

test('the router has the entity types of router/spec.md, with their operations', async () => {
  const listener = ['listener', { name: 'local', host: '127.0.0.1', port: 0 }]
  const router = await startRouter([['router', { id: 'a', mode: 'interior' }], listener])
  const ask = await rheaManagement(await router.port('local'))
  const { body } = await ask({ operation: 'GET-OPERATIONS', type: 'org.amqp.management', name: 'self' })
  expect(body).toEqual(await specified())
})
