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
