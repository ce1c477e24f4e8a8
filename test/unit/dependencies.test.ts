import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const versions = z.record(z.string(), z.string())
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, optionalDependencies: versions, overrides: versions })
  .parse(JSON.parse(read('package.json')))
const all = Object.entries({
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
  ...manifest.overrides,
})

it('are pinned to one version each', () => {
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

it('have their version, reason and maintainer in docs/dependencies.md, and nothing else has', () => {
  const rows = read('docs/dependencies.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, name = '', version = '']) => name !== '' && /^\d/.test(version))
  expect(rows.map(([, name, version]) => [name, version]).sort()).toEqual([...all].sort())
  expect(rows.filter(([, , , reason = '', maintainer = '']) => reason === '' || maintainer === '')).toEqual([])
})
