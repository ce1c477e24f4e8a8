import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import type { AccessToken } from '../../core/model/access-token.ts'
import { parseResourceOf } from '../../core/model/resource.ts'
import { commandLine, type CommandLine } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { siteHost } from '../support/machine-site.ts'

const REFUSED =
  'Error: Failed to create link: Failed to redeem claim: The issuing site refused the token (403: it may be wrong, expired or used up). Create a new one there.'
const NOT_A_TOKEN = (file: string) => `Error: Could not parse connection token: ${file} is not a valid skupper token: `
const TOO_LARGE_BYTES = 300_000

/** Sites of those names; east gives tokens. */
async function sites(...names: string[]): Promise<CommandLine> {
  const cli = await commandLine(...names)
  for (const [index, name] of names.entries()) {
    const host = siteHost(20 + index)
    const { exitCode } = await cli.skupper('-n', name, 'init', '--link-host', host, '--listen-host', host)
    expect(exitCode).toBe(0)
  }
  return cli
}

async function newToken(cli: CommandLine, site: string, ...flags: string[]): Promise<AccessToken> {
  const file = join(cli.home, `${site}-${String(Math.random())}`)
  const { exitCode, stderr } = await cli.skupper('-n', site, 'token', 'create', file, ...flags)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return parseResourceOf('AccessToken', parse(await readFile(file, 'utf8')))
}

/** Tries a file as a token in west: it must fail so, print nothing else and leave nothing. */
async function refused(cli: CommandLine, content: string, says: (file: string) => string): Promise<void> {
  const file = join(cli.home, 'given')
  await writeFile(file, content)
  const answer = await cli.skupper('-n', 'west', 'link', 'create', file)
  expect(answer).toEqual({ exitCode: 1, stdout: '', stderr: `${says(file)}\n` })
  await nothingLeft(cli)
}

async function nothingLeft(cli: CommandLine): Promise<void> {
  const store = cli.store('west')
  const files = await readdir(store.path('input', 'resources'))
  expect(files.filter((name) => /^(AccessToken|Link)/.test(name))).toEqual([])
  await eventually(async () =>
    (await readdir(store.path('runtime', 'certs'))).every((name) => /^skupper-|^\./.test(name)),
  )
  await eventually(async () => (await store.list('Link')).length === 0)
  expect(await store.list('AccessToken')).toEqual([])
}

test('a token that cannot work is refused with its reason, and leaves nothing', { timeout: 180_000 }, async () => {
  const cli = await sites('west', 'east', 'north')
  const good = await newToken(cli, 'east')
  const { url } = good.spec
  const changed = (spec: Partial<AccessToken['spec']>) => stringify({ ...good, spec: { ...good.spec, ...spec } })

  await refused(cli, changed({ code: 'guessed' }), () => REFUSED)
  await refused(cli, changed({ url: url.replace(/[^/]+$/, 'no-such-grant') }), () => REFUSED)
  const another = await newToken(cli, 'north')
  await refused(
    cli,
    changed({ ca: another.spec.ca }),
    () =>
      `Error: Failed to create link: Failed to redeem claim: ${new URL(url).host} is not the site that issued the token: unable to verify the first certificate. Create a new token at that site.`,
  )
  const own = await newToken(cli, 'west')
  await refused(cli, stringify(own), () => "Error: Failed to create link: Can't create connection to self with token")
  const unsigned = { ...own, metadata: { name: 'own' } }
  await refused(
    cli,
    stringify(unsigned),
    () => "Error: Failed to create link: Can't create connection to self with token",
  )

  const text = stringify(good)
  await refused(
    cli,
    text.slice(0, text.indexOf('ca:') + 200),
    (file) => `${NOT_A_TOKEN(file)}spec.ca: Not readable as a certificate: it is broken.`,
  )
  await refused(
    cli,
    text.slice(0, text.indexOf('code:')),
    (file) =>
      `${NOT_A_TOKEN(file)}AccessToken ${good.metadata.name}: spec.code is missing; wanted text of 1 to 1024 characters`,
  )
  await refused(cli, '', (file) => `${NOT_A_TOKEN(file)}it is empty`)
  await refused(cli, 'kind: ConfigMap\n', (file) => `${NOT_A_TOKEN(file)}it is a ConfigMap, not an AccessToken`)
  await refused(cli, `${text}---\n${text}`, (file) => `${NOT_A_TOKEN(file)}it holds 2 documents; a token is one`)
  await refused(cli, 'x'.repeat(TOO_LARGE_BYTES), (file) => {
    return `Error: Could not read connection token: ${file}: it is too large for a token`
  })
  expect((await cli.skupper('-n', 'west', 'link', 'create', '/dev/zero')).exitCode).toBe(1)

  const short = await newToken(cli, 'east', '--expiry', '1ms')
  const expired = short.metadata.annotations?.['skupper.io/claim-expiration'] ?? ''
  const warning = `Warning: token may have expired, expiration time: ${expired}\n`
  await refused(cli, stringify(short), () => `${warning}${REFUSED}`)

  // A token of another namespace's YAML is as good as any; the second site that comes with it is one too many.
  const file = join(cli.home, 'good')
  await writeFile(file, stringify({ ...good, metadata: { ...good.metadata, namespace: 'elsewhere' } }))
  expect(await cli.skupper('-n', 'north', 'link', 'create', file, '--name', 'first')).toMatchObject({ exitCode: 0 })
  await refused(cli, text, () => REFUSED)
  expect(await cli.skupper('-n', 'north', 'link', 'create', file)).toMatchObject({
    exitCode: 1,
    stderr: `Error: Failed to create link: Already connected to "${good.metadata.annotations?.['skupper.io/generated-by'] ?? ''}".\n`,
  })
})

test('while the site of a token cannot be reached, its link stays, says why, and can be deleted', async () => {
  const cli = await sites('west', 'east')
  const good = await newToken(cli, 'east')
  const host = `${siteHost(29)}:9091`
  const file = join(cli.home, 'given')
  await writeFile(file, stringify({ ...good, spec: { ...good.spec, url: `https://${host}/grant` } }))
  const link = ['link', 'create', file, '--name', 'to-east']
  const answer = await cli.skupper('-n', 'west', ...link, '--timeout', '1s')
  expect(answer).toEqual({
    exitCode: 1,
    stdout: `Site configured to link to https://${host}/grant (name=to-east)\n`,
    stderr: `Error: Waiting for link to-east took longer than 1 s: Cannot reach the issuing site at ${host}: connect ECONNREFUSED ${host}\n`,
  })
  expect((await cli.skupper('-n', 'west', 'link', 'status')).stdout).toContain(
    'Link to-east not connected (Cannot reach',
  )
  expect(await cli.skupper('-n', 'west', 'link', 'delete', 'to-east')).toMatchObject({ exitCode: 0 })
  await nothingLeft(cli)
})
