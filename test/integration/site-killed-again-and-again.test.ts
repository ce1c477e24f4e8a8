import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { argumentsOf } from '../../core/store/running-process.ts'
import { eventually } from '../support/eventually.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { answers, backend, siteHost, startSite, type MachineSite } from '../support/machine-site.ts'

const ROUNDS = 10
/** The same order of kills in every run. */
const SEED = 20_260
const PATIENCE = { deadlineMs: 60_000 }
const KEPT = { address: 'kept', port: 8080 }
const TOGGLED = { address: 'toggled', port: 8081 }

/** Processes whose arguments name this site's directory: its supervisor and its router. */
async function processesOf(site: MachineSite): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map(async (pid) => (await argumentsOf(Number(pid))).join(' ')))
  const [home = ''] = site.path().split('/namespaces/')
  return lines.filter((line) => line.includes(home))
}

/** Files that a write leaves only until it is done, and directories of credentials that no link leads to. */
async function leftovers(site: MachineSite): Promise<string[]> {
  const files = await readdir(site.path(), { recursive: true, withFileTypes: true })
  return files.filter(({ name }) => /\.tmp|\.removed$/.test(name)).map(({ name }) => name)
}

test(
  'supervisors and routers that are killed at any point leave nothing behind and converge',
  { timeout: 240_000 },
  async () => {
    const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
    const { port } = await backend(west.host, 'from west')
    await west.link('to-east', await east.token())
    await west.expose({ ...KEPT, targetPort: port })
    await answers(east, KEPT, 'from west')
    const before = await Promise.all([east, west].map((site) => site.site().then(({ metadata }) => metadata.uid)))

    const random = seededRandom(SEED)
    for (let round = 0; round < ROUNDS; round++) {
      const victim = round % 2 === 0 ? west : east
      const heardBefore = victim.log.length
      const isExposed = round % 3 !== 2
      await (isExposed ? west.expose({ ...TOGGLED, targetPort: port }) : west.unexpose(TOGGLED))
      const isThere = async () => ((await east.listener(TOGGLED)) !== undefined) === isExposed
      const moments = [
        () => true,
        // In the midst of it: something was said, or all is done.
        async () => victim.log.length > heardBefore || (await isThere()),
        async () => (await victim.routerPid()) > 0,
        isThere,
      ]
      await eventually(moments[Math.floor(random() * moments.length)] ?? isThere, PATIENCE)
      if (random() < 0.5) await killRouter(victim)
      else {
        victim.kill()
        victim.start()
      }
    }
    await west.expose({ ...TOGGLED, targetPort: port })
    await answers(east, TOGGLED, 'from west')
    await answers(east, KEPT, 'from west')
    await west.unexpose(TOGGLED)
    await eventually(async () => (await east.listener(TOGGLED)) === undefined, PATIENCE)

    const after = await Promise.all([east, west].map((site) => site.site().then(({ metadata }) => metadata.uid)))
    expect(after).toEqual(before)
    for (const site of [east, west]) {
      await eventually(async () => {
        expect((await processesOf(site)).length, (await processesOf(site)).join('\n')).toBe(2)
        return true
      })
      await eventually(async () => {
        expect(await leftovers(site)).toEqual([])
        return true
      })
    }
  },
)

/** None runs, perhaps, just now. */
async function killRouter(site: MachineSite): Promise<void> {
  try {
    process.kill(await site.routerPid(), 'SIGKILL')
  } catch {
    return
  }
}
