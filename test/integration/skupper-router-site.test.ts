import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { argumentsOf } from '../../core/store/running-process.ts'
import { commandLine } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { answers, backend, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'
import { SKROUTERD, UNLESS_SKROUTERD } from '../support/skrouterd.ts'

const BY_SKUPPER_ROUTER = { 'router-engine': 'skupper-router', 'router-binary': SKROUTERD }
const FROM_EAST = { address: 'east', port: 8080, protocol: 'http' } as const
const FROM_WEST = { address: 'west', port: 8081 } as const
const PATIENCE = { deadlineMs: 60_000 }

/** The program that a site's router is. */
async function routerProgram(site: MachineSite): Promise<string> {
  return (await argumentsOf(await site.routerPid())).join(' ')
}

async function serve(site: MachineSite, service: typeof FROM_EAST | typeof FROM_WEST): Promise<void> {
  const { port } = await backend(site.host, `from ${site.name}`)
  await site.expose({ ...service, targetPort: port })
}

describe.skipIf(SKROUTERD === '')(`a site with skupper-router${UNLESS_SKROUTERD}`, () => {
  test('is linked with a site of ours, and changes its router for ours and back', { timeout: 240_000 }, async () => {
    const [east, west] = await Promise.all([
      startSite('east', siteHost(1), BY_SKUPPER_ROUTER),
      startSite('west', siteHost(2)),
    ])
    expect(await routerProgram(east)).toContain('skrouterd -c')
    await west.link('to-east', await east.token())
    await west.linked('to-east')
    await Promise.all([serve(east, FROM_EAST), serve(west, FROM_WEST)])
    await answers(west, FROM_EAST, 'from east')
    await answers(east, FROM_WEST, 'from west')
    await eventually(async () => {
      expect((await west.listener(FROM_EAST))?.status).toMatchObject({ status: 'Ready', hasMatchingConnector: true })
      return true
    }, PATIENCE)

    for (const engine of [{ 'router-engine': 'built-in' }, BY_SKUPPER_ROUTER]) {
      const before = await east.routerPid()
      const { metadata, spec, ...rest } = await east.site()
      const settings = { ...spec.settings, ...engine }
      await east.store.apply({ ...rest, metadata: { name: metadata.name }, spec: { ...spec, settings } })
      await eventually(async () => (await east.routerPid()) !== before, PATIENCE)
      await east.ready()
      await west.linked('to-east')
      await answers(west, FROM_EAST, 'from east')
      await answers(east, FROM_WEST, 'from west')
    }
    expect(await routerProgram(east)).toContain('skrouterd -c')
  })

  test('is made by init, and refused where there is no such program', { timeout: 120_000 }, async () => {
    const cli = await commandLine('east')
    const host = siteHost(1)
    const flags = ['--link-host', host, '--listen-host', host, '--router-engine', 'skupper-router', '--router-binary']
    expect(await cli.skupper('-n', 'east', 'init', ...flags, '/nowhere/skrouterd')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('wanted the program of skupper-router 3') as string,
    })
    expect(await cli.skupper('-n', 'east', 'init', ...flags, SKROUTERD)).toMatchObject({ exitCode: 0, stderr: '' })
    const pid = await readFile(cli.store('east').path('internal', 'router.pid'), 'utf8')
    expect((await argumentsOf(Number(pid))).join(' ')).toContain('skrouterd -c')
    const revoked = await cli.skupper('-n', 'east', 'revoke-access', '--site', 'west')
    expect(revoked).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('the router engine "skupper-router" takes every certificate') as string,
    })
  })
})
