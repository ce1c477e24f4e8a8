import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { redemptionAnswer } from '../../controller/token-server/redemption-answer.ts'
import { accessToken } from '../support/access-tokens.ts'
import { commandLine } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { httpsServer } from '../support/https-server.ts'
import { issuingSite } from '../support/issuing-site.ts'
import { siteHost } from '../support/machine-site.ts'
import { serverCredentials } from '../support/server-credentials.ts'

const DAY_MS = 24 * 3_600_000

/** A token of a site that makes the key for whoever redeems it, as Skupper v2 does, valid for so many days. */
async function v2Token(days: number) {
  const site = { ...(await issuingSite(Date.now())), certificateLifeMs: days * DAY_MS }
  const credentials = await serverCredentials()
  const { url } = await httpsServer(credentials, (request, response) => {
    const { name = '', subject = '' } = request.headers
    const asked = { name: String(name), subject: String(subject), publicKey: undefined, now: Date.now() }
    void redemptionAnswer(site, asked).then(({ yaml }) => response.end(yaml))
  })
  return accessToken({ url: `${url}/grant`, ca: credentials.ca })
}

test('a link with a key of the other site shows when its certificate ends, and warns 30 days before', async () => {
  const cli = await commandLine('west')
  const host = siteHost(3)
  await cli.skupper('-n', 'west', 'init', '--link-host', host, '--listen-host', host)
  for (const days of [20, 40]) {
    const file = join(cli.home, `token-${String(days)}.yaml`)
    await writeFile(file, stringify(await v2Token(days)))
    const made = await cli.skupper(
      '-n',
      'west',
      'link',
      'create',
      file,
      '--name',
      `v2-${String(days)}`,
      '--wait',
      'none',
    )
    expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  }
  const warning =
    /^Warning: link v2-20: The certificate ends at \S+Z and is not renewed: its key came from the other site\./
  await eventually(
    async () => {
      const { stderr } = await cli.skupper('-n', 'west', 'link', 'status')
      return warning.test(stderr) && stderr.trim().split('\n').length === 1
    },
    { deadlineMs: 30_000 },
  )
  const { stdout } = await cli.skupper('-n', 'west', 'link', 'status', 'v2-40', '--verbose')
  const shown = /^ Expires: +(\S+)$/m.exec(stdout)?.[1] ?? ''
  const daysLeft = (new Date(shown).getTime() - Date.now()) / DAY_MS
  expect(Math.round(daysLeft)).toBe(40)
  const { stdout: json } = await cli.skupper('-n', 'west', 'link', 'status', '-o', 'json')
  const { outgoing } = JSON.parse(json) as { outgoing: { name: string; expires?: string; warning?: string }[] }
  expect(outgoing.map(({ name, warning: told }) => [name, told !== undefined])).toEqual([
    ['v2-20', true],
    ['v2-40', false],
  ])
  expect(outgoing[1]?.expires).toBe(shown)
})
