import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commandLine, siteWithoutPrograms } from '../support/cli.ts'

test('a dry run of init on a machine says what it would write, and writes nothing', async () => {
  const cli = await commandLine()
  const made = await cli.skupper('init', '--site-name', 'here', '--link-host', '127.0.0.1', '--dry-run')
  expect(made).toEqual({
    exitCode: 0,
    stdout: 'create Site here\ncreate RouterAccess skupper-router\nNothing was done: this is a dry run.\n',
    stderr: '',
  })
  const { stdout } = await cli.skupper(
    'init',
    '--site-name',
    'here',
    '--link-host',
    '127.0.0.1',
    '--dry-run',
    '-o',
    'json',
  )
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'List', items: [{ kind: 'Site', metadata: { name: 'here' } }, {}] })
  expect(existsSync(cli.store().path())).toBe(false)

  await siteWithoutPrograms(cli.store(), 'here')
  const before = await cli.store().get('Site', 'here')
  const changed = await cli.skupper('init', '--listen-host', '127.0.0.2', '--dry-run')
  expect(changed.stdout).toContain('listen-host: 127.0.0.1 -> 127.0.0.2\n')
  expect(changed.stdout).toContain('change Site here\n')
  expect(await cli.store().get('Site', 'here')).toEqual(before)
})
