import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandLine } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { siteHost } from '../support/machine-site.ts'

test('an edge site is made, links to another, and gives no tokens', { timeout: 240_000 }, async () => {
  const cli = await commandLine('hub', 'branch')
  const hub = siteHost(1)
  const made = await cli.skupper('-n', 'hub', 'init', '--link-host', hub, '--listen-host', hub)
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  const asEdge = ['-n', 'branch', 'init', '--router-mode', 'edge'] as const
  const refused = await cli.skupper(...asEdge, '--link-port', '5000')
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('an edge site takes no links') as string,
  })
  expect(await cli.skupper(...asEdge, '--listen-host', siteHost(2))).toMatchObject({ exitCode: 0, stderr: '' })

  const token = join(cli.home, 'token.yaml')
  expect(await cli.skupper('-n', 'hub', 'token', 'create', token)).toMatchObject({ exitCode: 0 })
  expect(await cli.skupper('-n', 'branch', 'link', 'create', token, '--name', 'to-hub')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Link to-hub is connected') as string,
  })
  await eventually(
    async () => {
      expect((await cli.skupper('-n', 'branch', 'status')).stdout).toBe(
        'Skupper is enabled for namespace "branch" in edge mode.\nIt is connected to 1 other site.\n',
      )
      return true
    },
    { deadlineMs: 60_000 },
  )
  expect(await cli.skupper('-n', 'branch', 'token', 'create', join(cli.home, 'no.yaml'))).toMatchObject({
    stderr: expect.stringContaining('Edge configuration cannot accept connections') as string,
  })
  expect(await cli.skupper('-n', 'branch', 'init', '--router-mode', 'interior')).toMatchObject({
    stderr: expect.stringContaining('cannot be changed in place') as string,
  })
  expect((await cli.skupper(...asEdge)).stdout).toContain('No changes.')
})
