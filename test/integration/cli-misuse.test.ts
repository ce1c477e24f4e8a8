import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { RESOURCE_SCHEMAS, type Kind } from '../../core/model/resource.ts'
import { createAuthority } from '../../core/pki/authority.ts'
import type { Store } from '../../core/store/store.ts'
import { commandLine, siteWithoutPrograms, type CommandLine } from '../support/cli.ts'
import { connector, link, listener } from '../support/resources.ts'

const CA = await createAuthority({ commonName: 'east', now: Date.now() })

const token = (parts: { url?: string; generatedBy?: string } = {}) => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'AccessToken',
  metadata: { name: 'east', annotations: { 'skupper.io/generated-by': parts.generatedBy ?? 'east-id' } },
  spec: { url: parts.url ?? 'https://127.0.0.1:9091/1', code: 'code', ca: CA.certificate },
})

async function content(store: Store): Promise<string> {
  const kinds = Object.keys(RESOURCE_SCHEMAS) as Kind[]
  return JSON.stringify(await Promise.all(kinds.map((kind) => store.list(kind))))
}

interface Misuse {
  words: string
  says: string
}

async function refuses(cli: CommandLine, misuses: readonly Misuse[]): Promise<void> {
  const before = await content(cli.store())
  for (const { words, says } of misuses) {
    const { exitCode, stdout, stderr } = await cli.skupper(...words.split(' '))
    expect({ words, exitCode, stdout, stderr }).toEqual({
      ...{ words, exitCode: 1, stdout: '', stderr: `Error: ${says}\n` },
    })
  }
  expect(await content(cli.store())).toBe(before)
}

test('where there is no site, commands that need one fail, and statuses say so', async () => {
  const cli = await commandLine()
  await refuses(cli, [
    {
      words: `token create ${cli.home}/t`,
      says: "Failed to create token: Skupper is not enabled in namespace 'default'",
    },
    { words: 'link delete x', says: "Skupper is not enabled in namespace 'default'" },
    { words: 'service create x 80', says: "Skupper is not enabled in namespace 'default'" },
    { words: 'delete', says: "Skupper not installed in 'default'" },
    { words: '--platform moon status', says: 'invalid platform: moon' },
  ])
  for (const words of ['status', 'link status', 'service status', 'network status']) {
    expect(await cli.skupper(...words.split(' '))).toEqual({
      exitCode: 0,
      stdout: "Skupper is not enabled in namespace 'default'\n",
      stderr: '',
    })
  }
})

test('a token file that is none is refused, and leaves no link', async () => {
  const cli = await commandLine()
  await siteWithoutPrograms(cli.store(), 'west')
  const file = join(cli.home, 'token')
  const missing = await cli.skupper('link', 'create', file)
  expect(missing.stderr).toMatch(/^Error: Could not read connection token: .*ENOENT/)
  const wrong = ['{ not yaml', '42', stringify(link('x')), stringify({ ...token(), spec: { url: 'http://x' } })]
  for (const text of wrong) {
    await writeFile(file, text)
    const { exitCode, stderr } = await cli.skupper('link', 'create', file)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Error: Could not parse connection token: .* is not a valid skupper token: [^\n]+\n$/)
  }
  expect(await cli.store().list('AccessToken')).toEqual([])
})

test('a token for the site itself, for a site already linked, or under a name in use is refused', async () => {
  const cli = await commandLine()
  const store = cli.store()
  await siteWithoutPrograms(store, 'west')
  const [site] = await store.list('Site')
  await store.apply(link('taken'))
  await store.applyRuntime(link('linked', { remoteSiteId: 'north-id' }))
  const file = async (name: string, value: object) => {
    await writeFile(join(cli.home, name), stringify(value))
    return join(cli.home, name)
  }
  const self = await file('self', token({ generatedBy: site?.metadata.uid ?? '' }))
  const twice = await file('twice', token({ generatedBy: 'north-id' }))
  const fresh = await file('fresh', token())
  await refuses(cli, [
    { words: `link create ${self}`, says: "Failed to create link: Can't create connection to self with token" },
    { words: `link create ${twice}`, says: 'Failed to create link: Already connected to "north-id".' },
    {
      words: `link create ${fresh} --name taken`,
      says: 'Failed to create link: The link "taken" already exists, please choose a different name',
    },
    { words: 'link delete absent', says: 'Failed to remove link: No such link "absent"' },
    { words: 'link status absent', says: 'No such link "absent"' },
    {
      words: `link create ${fresh} --cost 0`,

      says: 'invalid cost "0"; wanted a whole number from 1 to 2147483647',
    },
  ])
})

test('a token is not granted where its file cannot be written', async () => {
  const cli = await commandLine()
  await siteWithoutPrograms(cli.store(), 'west')
  await mkdir(join(cli.home, 'folder'))
  for (const file of ['folder', 'absent/token']) {
    const { exitCode, stderr } = await cli.skupper('token', 'create', join(cli.home, file))
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Error: Failed to create token: could not write to file/)
  }
  expect(await cli.store().list('AccessGrant')).toEqual([])
})

test('services and targets that cannot be are refused', async () => {
  const cli = await commandLine()
  const store = cli.store()
  await siteWithoutPrograms(store, 'west')
  await store.apply(listener('api:80'))
  await store.apply(connector('api:80', '127.0.0.1'))
  await refuses(cli, [
    { words: 'service create api 80', says: 'Service api already defined' },
    { words: 'service create new', says: 'Name and port(s) must be specified' },
    { words: 'service create new x', says: 'x is not a valid port' },
    {
      words: 'service create new 70000',

      says: 'Port 70000 is outside valid range; wanted a port from 1 to 65535.',
    },
    {
      words: 'service create new 80 --protocol udp',

      says: "udp is not a valid mapping. Choose 'tcp', 'http' or 'http2'.",
    },
    { words: 'service delete absent', says: 'Service absent not defined' },
    { words: 'service bind absent host 127.0.0.1', says: 'Service absent not found' },
    {
      words: 'service bind api pods x',

      says: 'invalid target type: pods - valid target types are: [host]',
    },
    {
      words: 'service unbind api host 127.0.0.9',
      says: 'Unable to unbind skupper service: Could not find target 127.0.0.9 for service interface api',
    },
    { words: 'service label api k=', says: 'no value provided to label k' },
    { words: 'service label api k', says: 'invalid label [k], use key=value or key- (to remove)' },
    { words: 'expose host 127.0.0.1 --port 80', says: '--address is required' },
    { words: 'expose host 127.0.0.1 --address api', says: '--port is required' },
    {
      words: 'expose host no-such-host.invalid --address api --port 80',
      says: 'invalid hostname or ip: "no-such-host.invalid" has no address',
    },
    {
      words: 'expose host 127.0.0.1 --address api --port 80 --protocol tcp',
      says: 'Invalid protocol tcp for service with mapping http',
    },
    {
      words: 'unexpose host 127.0.0.9',
      says: 'Unable to unbind skupper service: Could not find target 127.0.0.9',
    },
    {
      words: 'init --site-name other',
      says: `the site's name is "west" and cannot be changed in place: run "skupper delete" first`,
    },
  ])
})

test('statuses answer programs as JSON and YAML', async () => {
  const cli = await commandLine()
  await siteWithoutPrograms(cli.store(), 'west')
  await cli.store().apply(listener('api:80'))
  const json = await cli.skupper('service', 'status', '-o', 'json')
  expect(JSON.parse(json.stdout)).toMatchObject([{ name: 'api', address: 'api:80', protocol: 'http', targets: [] }])
  const yaml = await cli.skupper('status', '-o', 'yaml')
  expect(yaml.stdout).toMatch(/^namespace: default\nname: west\n/)
})

test('a dump holds the state of the site, readable by its owner only', async () => {
  const cli = await commandLine()
  await siteWithoutPrograms(cli.store(), 'west')
  const { stdout } = await cli.skupper('debug', 'dump', join(cli.home, 'dump'))
  const file = join(cli.home, 'dump.tar.gz')
  expect(stdout).toBe(`Skupper dump details written to compressed archive:  ${file}\n`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readFile(file)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
})
