import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { rm, stat } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { commandLine, type CommandLine } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'

const draw = (): string => String(1 + Math.floor(Math.random() * 254))

/** Two sites that do not know each other yet, each on a loopback address of its own. */
async function twoSites() {
  const network = `127.${draw()}.${draw()}`
  const west = { namespace: 'west', host: `${network}.1` }
  const east = { namespace: 'east', host: `${network}.2` }
  const cli = await commandLine('west', 'east')
  for (const { namespace, host } of [west, east]) {
    const flags = ['--site-name', `${namespace}-site`, '--link-host', host, '--listen-host', host]
    const { stdout, stderr } = await cli.skupper('-n', namespace, 'init', ...flags)
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      new RegExp(
        `^Skupper is now installed in namespace '${namespace}'\\. {2}Use 'skupper status' to get more information\\.\n`,
      ),
    )
  }
  return { cli, west, east }
}

async function answerOf(cli: CommandLine, ...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await cli.skupper(...words)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

test('the main flow of the guide answers with its texts', async () => {
  const { cli, west } = await twoSites()
  const token = join(cli.home, 'token.yaml')
  expect(await answerOf(cli, '-n', 'west', 'status')).toBe(
    'Skupper is enabled for namespace "west" in interior mode.\nIt is connected to 0 other sites.\n',
  )
  expect(await answerOf(cli, '-n', 'west', 'token', 'create', token)).toBe(`Token written to ${token} \n`)
  expect((await stat(token)).mode & 0o777).toBe(0o600)
  expect(await answerOf(cli, '-n', 'east', 'link', 'create', token, '--name', 'link-to-west')).toMatch(
    /^Site configured to link to https:\S+ \(name=link-to-west\)\nLink link-to-west is connected\n$/,
  )
  expect(await answerOf(cli, '-n', 'east', 'link', 'status')).toBe('Link link-to-west is connected\n')
  await eventually(async () => {
    expect(await answerOf(cli, '-n', 'west', 'link', 'status')).toBe('Incoming link from east-site is connected\n')
    expect(await answerOf(cli, '-n', 'west', 'status')).toContain('It is connected to 1 other site.\n')
    return true
  })

  const port = await backend('answer')
  const expose = `expose host 127.0.0.1 --address backend --port 8080 --target-port ${String(port)}`
  expect(await answerOf(cli, '-n', 'east', ...expose.split(' '))).toBe(
    'host 127.0.0.1 exposed as backend (protocol http, deduced: port 8080)\n',
  )
  await eventually(() => ask(`http://${west.host}:8080/`), { deadlineMs: 20_000 })
  await eventually(async () => {
    expect(await answerOf(cli, '-n', 'west', 'service', 'status')).toBe(
      [
        'Services exposed through Skupper:',
        '┌─────────┬──────────────┬──────────┬─────────┐',
        '│ NAME    │ ADDRESS      │ PROTOCOL │ TARGETS │',
        '├─────────┼──────────────┼──────────┼─────────┤',
        '│ backend │ backend:8080 │ http     │ 1       │',
        '└─────────┴──────────────┴──────────┴─────────┘',
        '',
      ].join('\n'),
    )
    return true
  })
  expect(await answerOf(cli, '-n', 'west', 'network', 'status')).toMatch(
    /^Sites:\n├─ \[local\] \S+\(west\) \n│ {2}│ namespace: west\n│ {2}│ site name: west-site\n[^]*╰─ \[remote\] \S+\(east\) \n/,
  )

  await answerOf(cli, '-n', 'east', 'link', 'delete', 'link-to-west')
  await eventually(() =>
    ask(`http://${west.host}:8080/`).then(
      () => false,
      () => true,
    ),
  )
  await answerOf(cli, '-n', 'east', 'link', 'create', token, '--name', 'link-to-west')
  await eventually(() => ask(`http://${west.host}:8080/`))
  await rm(token)
}, 120_000)

test('a second init changes only what its flags name, and says what', async () => {
  const { cli } = await twoSites()
  expect(await answerOf(cli, '-n', 'west', 'init')).toBe('No changes.\n')
  expect(await answerOf(cli, '-n', 'west', 'init', '--enable-service-sync=false')).toBe('service-sync: true -> false\n')
  const [site] = await cli.store('west').list('Site')
  expect(site?.metadata.name).toBe('west-site')
  expect(site?.spec.settings?.['service-sync']).toBe('false')
}, 120_000)

test('services follow the listen-host, and are there when init returns', async () => {
  const { cli, west } = await twoSites()
  const port = await backend('answer')
  const expose = `expose host 127.0.0.1 --address web --port 8090 --target-port ${String(port)} --protocol http`
  await answerOf(cli, '-n', 'west', ...expose.split(' '))
  await eventually(() => ask(`http://${west.host}:8090/`), { deadlineMs: 20_000 })
  const next = west.host.replace(/1$/, '3')
  expect(await answerOf(cli, '-n', 'west', 'init', '--listen-host', next)).toBe(
    `listen-host: ${west.host} -> ${next}\nlistener web-8090: ${west.host} -> ${next}\n`,
  )
  await eventually(() => ask(`http://${next}:8090/`))
  await expect(ask(`http://${west.host}:8090/`)).rejects.toThrow('fetch failed')
}, 120_000)

async function backend(text: string): Promise<number> {
  const server = createServer((_request, response) => response.end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000), headers: { connection: 'close' } })
  return response.text()
}
