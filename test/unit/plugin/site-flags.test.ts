import { Command } from 'commander'
import { expect, test } from 'vitest'
import type { PlatformName } from '../../../plugin/platform/platform-name.ts'
import { givenFlags, SITE_FLAGS, siteOptions } from '../../../plugin/site-flags.ts'
import { thrownCode } from '../../support/thrown-code.ts'

function typed(platform: PlatformName, ...words: string[]) {
  const command = new Command('init').exitOverride()
  for (const option of siteOptions()) command.addOption(option)
  command.parse(words, { from: 'user' })
  return givenFlags(command, platform)
}

test('flags are text, those that were not typed are absent', () => {
  const words = ['--site-name', 'west', '--enable-console', '--enable-service-sync=false', '--routers', '2']
  expect(Object.fromEntries(typed('kubernetes', ...words))).toEqual({
    'site-name': 'west',
    'enable-console': 'true',
    'enable-service-sync': 'false',
    routers: '2',
  })
})

test('a flag of Skupper v1 that means nothing here is refused with the reason, one of another platform too', () => {
  expect(thrownCode(() => typed('kubernetes', '--enable-rest-api'))).toBe('flag/refused')
  expect(thrownCode(() => typed('kubernetes', '--config-sync-cpu', '1'))).toBe('flag/refused')
  expect(thrownCode(() => typed('kubernetes', '--link-host', 'x'))).toBe('flag/refused')
  expect(thrownCode(() => typed('linux', '--enable-console'))).toBe('flag/refused')
})

test('every flag has a description', () => {
  expect(SITE_FLAGS.filter(({ description }) => description === '')).toEqual([])
})
