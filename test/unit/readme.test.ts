import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const PAGES = ['README.md', 'CONTRIBUTING.md']

/** The rows of tables that name a file and a function of it. */
const rows = read('README.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, what = '', file = '', name = '']) => {
    const path = /^\[(.+)\]\(\1\)$/.exec(file)?.[1]
    return path === undefined ? [] : [{ what, file: path, name: name.replaceAll('`', '') }]
  })

/** Whether a source text declares a function or class, or for `Class.method` a method in that class. */
function declares(source: string, name: string): boolean {
  const [owner = '', method] = name.split('.')
  const start = source.search(new RegExp(`^export (async )?(function|class|const) ${owner}\\b`, 'm'))
  if (start < 0 || method === undefined) return start >= 0
  const end = source.indexOf('\n}', start)
  return new RegExp(`^  (async )?${method}(<.*>)?\\(`, 'm').test(source.slice(start, end))
}

describe('README', () => {
  it('shows the whole way of a request', () => {
    expect(rows.length).toBeGreaterThan(20)
  })

  it.each(rows)('names a function that is there: $file $name', ({ file, name }) => {
    expect(declares(read(file), name)).toBe(true)
  })
})

describe.each(PAGES)('%s', (page) => {
  it('links to files that are there', () => {
    const targets = [...read(page).matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, target = '']) => target)
    expect(targets.filter((target) => !existsSync(join(ROOT, target)))).toEqual([])
  })

  it('names scripts that are there', () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')))
    const named = [...read(page).matchAll(/npm run ([a-z]+)/g)].map(([, script = '']) => script)
    expect(named.filter((script) => !(script in scripts))).toEqual([])
  })
})

it('the check finds what is not there', () => {
  const source = 'export class A {\n  #b(): void {}\n  c(): void {}\n}\nexport function d(): void {}\n'
  expect(['A', 'A.c', 'd'].map((name) => declares(source, name))).toEqual([true, true, true])
  expect(['A.b', 'A.d', 'c', 'e', 'A.A'].map((name) => declares(source, name))).toEqual(Array(5).fill(false))
})
