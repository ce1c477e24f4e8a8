import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { answers, backend, isAlive, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'

const SERVICE = { address: 'backend', port: 8080 }
const PATIENCE = { deadlineMs: 30_000 }

/** What must be the same after any number of restarts. */
async function keptBy(site: MachineSite) {
  const { metadata } = await site.site()
  const names = ['skupper-site-server', 'skupper-local-client']
  return {
    id: metadata.uid,
    ports: await readFile(site.path('internal', 'ports.json'), 'utf8'),
    identity: await readFile(site.path('internal', 'identity.key'), 'utf8').catch(() => ''),
    issuer: await site.store.issuer('skupper-site-ca'),
    credentials: await Promise.all(names.map((name) => site.store.credentials(name))),
  }
}

test('a killed supervisor takes its router with it, and started again keeps id, certificates, links and services', async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  const { port } = await backend(west.host, 'from west')
  await west.link('to-east', await east.token())
  await west.expose({ ...SERVICE, targetPort: port })
  await answers(east, SERVICE, 'from west')

  for (const site of [west, east]) {
    const before = await keptBy(site)
    const router = await site.routerPid()
    site.kill()
    await eventually(async () => !(await isAlive(router)))
    site.start()
    await eventually(async () => {
      expect(await site.routerPid()).not.toBe(router)
      return true
    }, PATIENCE)
    await answers(east, SERVICE, 'from west')
    await west.linked('to-east')
    expect(await keptBy(site)).toEqual(before)
  }
})

test('a stopped supervisor leaves no process behind', async () => {
  const east = await startSite('east', siteHost(1))
  const router = await east.routerPid()
  await east.stop()
  expect(await isAlive(router)).toBe(false)
  await expect(east.routerPid()).rejects.toThrow('ENOENT')
  await expect(readFile(east.path('internal', 'supervisor.lock'))).rejects.toThrow('ENOENT')
})

test('a second supervisor of the same namespace gives up and harms nothing', async () => {
  const east = await startSite('east', siteHost(1))
  const first = east.supervisorPid
  const router = await east.routerPid()
  east.start()
  const second = east.supervisorPid
  await eventually(async () => !(await isAlive(second)))
  expect(east.log.join('\n')).toContain(`locked by process ${String(first)}`)
  expect(await isAlive(router)).toBe(true)
  process.kill(first, 'SIGTERM')
  await eventually(async () => !(await isAlive(first)))
})

test('a namespace that is removed takes its supervisor and router with it', async () => {
  const east = await startSite('east', siteHost(1))
  const router = await east.routerPid()
  await east.store.destroy()
  await eventually(async () => !(await isAlive(east.supervisorPid)) && !(await isAlive(router)))
})
