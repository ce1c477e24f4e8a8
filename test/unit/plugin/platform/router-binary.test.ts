import { chmod, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { engineSettings } from '../../../../plugin/platform/router-binary.ts'
import { settingsFrom } from '../../../../plugin/site-flags.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

/** A program that says that it has this version. */
async function program(version: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'skrouterd')
  await writeFile(path, `#!/bin/sh\n[ "$1" = --version ] && echo '${version}'\n`)
  await chmod(path, 0o700)
  return path
}

const given = async (flags: Record<string, string>, before: Record<string, string> = {}) => {
  const named = new Map(Object.entries(flags))
  return engineSettings(named, { ...before, ...settingsFrom(named) })
}

test('the program is run once, and kept with its whole path', async () => {
  const path = await program('3.5.1')
  const settings = { 'router-engine': 'skupper-router', 'router-binary': path }
  expect(await given({ ...settings, 'router-binary': relative('.', path) })).toEqual(settings)
  expect(await given({ 'router-binary': path }, { 'router-engine': 'skupper-router' })).toEqual(settings)
})

test('what is no skupper-router 3, or nothing at all, is refused', async () => {
  const flags = (binary: string) => ({ 'router-engine': 'skupper-router', 'router-binary': binary })
  await expect(given(flags(await program('2.7.0')))).rejects.toMatchObject({ code: 'flag/router-binary' })
  await expect(given(flags('/nowhere/skrouterd'))).rejects.toMatchObject({ code: 'flag/router-binary' })
  await expect(given({ 'router-engine': 'steam' })).rejects.toMatchObject({ code: 'flag/value' })
})

test('our own router is no program of its own', async () => {
  await expect(given({ 'router-binary': '/opt/skrouterd' })).rejects.toMatchObject({ code: 'flag/refused' })
  expect(await given({ 'router-engine': 'built-in' })).toEqual({ 'router-engine': 'built-in' })
})

test('a site that is left as it is needs no program now', async () => {
  const before = { 'router-engine': 'skupper-router', 'router-binary': '/gone' }
  expect(await given({ 'enable-service-sync': 'false' }, before)).toEqual({ ...before, 'service-sync': 'false' })
})
