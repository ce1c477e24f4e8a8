import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { flagSetting, settingOf, SETTINGS } from '../../../../core/model/settings.ts'

it('gives the value that is there, else the default', () => {
  expect(settingOf({ spec: { settings: { 'listen-host': '127.0.1.1' } } }, 'listen-host')).toBe('127.0.1.1')
  expect(settingOf({ spec: {} }, 'listen-host')).toBe('127.0.0.1')
  expect(flagSetting({ spec: {} }, 'service-sync')).toBe(true)
  expect(flagSetting({ spec: { settings: { 'service-sync': 'false' } } }, 'service-sync')).toBe(false)
})

it('has sound defaults and one entry for each key', () => {
  for (const { accepts, default: value } of SETTINGS) expect(accepts(value)).toBe(true)
  expect(new Set(SETTINGS.map(({ key }) => key)).size).toBe(SETTINGS.length)
})

it('is the table of docs/settings.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/settings.md'), 'utf8')
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  expect(rows.map((cells) => cells.slice(1, -1))).toEqual(
    SETTINGS.map(({ key, kinds, default: value, wanted, meaning }) => [key, kinds.join(', '), value, wanted, meaning]),
  )
})
