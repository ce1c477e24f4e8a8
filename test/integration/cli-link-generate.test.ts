import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { commandLine } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { siteHost } from '../support/machine-site.ts'

test('what link generate prints links the site that is given it', { timeout: 240_000 }, async () => {
  const cli = await commandLine('hub', 'spoke')
  const init = (namespace: string, host: string) =>
    cli.skupper('-n', namespace, 'init', '--link-host', host, '--listen-host', host)
  expect(await init('hub', siteHost(1))).toMatchObject({ exitCode: 0 })
  expect(await init('spoke', siteHost(2))).toMatchObject({ exitCode: 0 })

  const generated = await cli.skupper('-n', 'hub', 'link', 'generate', '--name', 'to-hub', '--cost', '2')
  expect(generated).toMatchObject({ exitCode: 0, stderr: '' })
  await writeFile(cli.store('spoke').path('input', 'resources', 'to-hub.yaml'), generated.stdout)
  await eventually(
    async () => {
      expect((await cli.skupper('-n', 'spoke', 'link', 'status')).stdout).toBe('Link to-hub is connected\n')
      expect((await cli.skupper('-n', 'hub', 'link', 'status')).stdout).toBe('Incoming link from spoke is connected\n')
      return true
    },
    { deadlineMs: 60_000 },
  )

  const bare = await cli.skupper('-n', 'hub', 'link', 'generate', '--tls-credentials', 'theirs')
  expect(bare.stdout).toContain('tlsCredentials: theirs')
  expect(bare.stdout).not.toContain('Secret')
})
