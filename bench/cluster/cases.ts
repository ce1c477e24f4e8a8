import { join } from 'node:path'
import { z } from 'zod'
import { median } from '../table.ts'
import { seconds, type Figure } from './figures.ts'
import type { Place } from './place.ts'
import { manyConnectors, manyListeners, workload } from './workloads.ts'

const RATE = 50
const LOAD_SECONDS = 14
/** The load runs by itself for a moment before something is done to it. */
const LEAD_MS = 2_000
const ANSWER_SECONDS = 120
const MANY = 200
const START_ROUNDS = 5
const MIB_100 = 100 * 1024 * 1024
const WRK = ['-t1', '-c64', '-d5s']

const loadSchema = z.object({ sent: z.number(), failed: z.number(), gapMs: z.number() })
const answerSchema = z.object({ lastAt: z.number(), silent: z.array(z.string()) })

/** The two clusters of the bench: `caller` calls what `server` exposes, which dials the link. */
export interface Sites {
  readonly caller: Place
  readonly server: Place
  /** Where tokens are written. */
  readonly directory: string
}

/** Something that is measured; later ones build on what earlier ones made. */
export type Case = (sites: Sites) => Promise<Figure[]>

export const CASES: Readonly<Record<string, Case>> = {
  site: async ({ caller, server }) => {
    const ms = await timed(() => caller.skupperOk('init', '--site-name', 'caller'))
    await server.skupperOk('init', '--site-name', 'server')
    return [figure('site made → ready to issue tokens', ['5–6 s', '≤ 6 s'], seconds(ms))]
  },

  link: async ({ caller, server, directory }) => {
    const token = join(directory, 'token.yaml')
    const ms = await timed(async () => {
      await caller.skupperOk('token', 'create', token)
      await server.skupperOk('link', 'create', token, '--name', 'link')
    })
    return [figure('token + link → connected', ['18–37 s', '≤ 3 s'], seconds(ms))]
  },

  memory: async (sites) => [
    await memoryFigure(sites, 'memory: router / controller, fresh', ['33+43 / 48 MiB', '≤ 90 / 110 MiB']),
  ],

  expose: async ({ caller, server }) => {
    await Promise.all([server.apply(workload('backend', 2)), caller.apply(workload('frontend', 1))])
    const before = Date.now()
    const exposing = server.skupperOk('expose', 'deployment/backend', '--port', '8080', '--protocol', 'tcp')
    // Who asks for the name before it is there is told by the cluster's DNS for five seconds more that there is none.
    await caller.kubectl(['wait', '--for=create', 'service/backend', '--timeout=60s'])
    const told = await caller.inPod('first-answer.mjs', ANSWER_SECONDS, 'http://backend:8080/health')
    await exposing
    const { lastAt, silent } = answerSchema.parse(told)
    const ours = silent.length > 0 ? 'never' : seconds(lastAt - before)
    return [figure('expose → first answer in the other cluster', ['4.3–4.6 s', '≤ 2 s'], ours)]
  },

  'backend pod': async (sites) => {
    const told = await underLoad(sites, () => deleteOne(sites.server, 'app=backend'))
    return [figure('one of two backend pods deleted', ['3–10 of 650 fail', '0'], told)]
  },

  'router restart': async (sites) => {
    const told = await underLoad(sites, () => restart(sites.server, 'skupper-router'))
    return [figure('router restarted, one replica', ['6–197 fail, gap 3.9 s', 'gap ≤ 1.5 s'], told)]
  },

  'router pod': async (sites) => {
    const told = await underLoad(sites, () => deleteOne(sites.server, 'application=skupper-router'))
    return [figure('router pod deleted, one replica', ['494 fail, gap 9.9 s', 'gap ≤ 3 s'], told)]
  },

  'two routers': async (sites) => {
    await sites.server.skupperOk('init', '--routers', '2')
    await sites.server.kubectl(['rollout', 'status', 'deployment/skupper-router-2', '--timeout=60s'])
    const restarted = await underLoad(sites, async () => {
      await restart(sites.server, 'skupper-router')
      await restart(sites.server, 'skupper-router-2')
    })
    const deleted = await underLoad(sites, () => deleteOne(sites.server, 'application=skupper-router'))
    await sites.server.skupperOk('init', '--routers', '1')
    return [
      figure('router restarted, two replicas in turn', ['3–37 fail', '0'], restarted),
      figure('one of two router pods deleted', ['1–47 fail', 'only what was in flight'], deleted),
    ]
  },

  wrk: async ({ caller }) => {
    const exec = ['exec', 'deployment/frontend', '--']
    const told = await caller.kubectl([...exec, 'wrk', ...WRK, 'http://backend:8080/']).catch(() => '')
    const rate = /Requests\/sec:\s+([\d.]+)/.exec(told)?.[1]
    const format = ['-sS', '-o', '/dev/null', '-w', '%{speed_download}']
    const url = `http://backend:8080/bytes/${String(MIB_100)}`
    const speed = Number(await caller.kubectl([...exec, 'curl', ...format, url]))
    return [
      figure(
        'wrk c64, pod to pod over the link',
        ['2,000–3,200/s', '≥ 2 ×'],
        rate === undefined ? 'no wrk' : `${rate}/s`,
      ),
      figure('100 MiB download', ['42–55 MB/s', '≥ 2 ×'], `${(speed / 1e6).toFixed(0)} MB/s`),
    ]
  },

  many: async (sites) => {
    await Promise.all([
      sites.server.kubectl(['apply', '-f', '-'], manyConnectors(MANY, 'backend')),
      sites.caller.kubectl(['apply', '-f', '-'], manyListeners(MANY)),
    ])
    const before = Date.now()
    const urls = `http://many-[1-${String(MANY)}]:8080/health`
    const { lastAt, silent } = answerSchema.parse(await sites.caller.inPod('first-answer.mjs', ANSWER_SECONDS, urls))
    const ours = silent.length > 0 ? `${String(silent.length)} never` : seconds(Math.max(0, lastAt - before))
    return [
      figure('200 listeners + 200 connectors by YAML', ['98 s', '≤ 15 s after apply'], ours),
      await memoryFigure(sites, 'memory: router / controller, 201 services', ['47+48 / 86 MiB', '≤ 110 / 130 MiB']),
    ]
  },

  version: async ({ caller }) => {
    const ours = await startTime(() => caller.skupperOk('version', '--client'))
    const beside = await startTime(() => caller.kubectl(['version', '--client']))
    return [figure('skupper version (kubectl version --client)', ['52 (118) ms', '≤ 100 ms'], `${ours} (${beside}) ms`)]
  },
}

function figure(what: string, beside: readonly [skupper: string, reach: string], ours: string): Figure {
  const [skupper, reach] = beside
  return { what, skupper, reach, ours }
}

/** What a steady load from the other cluster sees of it. */
async function underLoad({ caller }: Sites, task: () => Promise<unknown>): Promise<string> {
  const loading = caller.inPod('load.mjs', 'http://backend:8080/health', RATE, LOAD_SECONDS)
  await new Promise((resolve) => setTimeout(resolve, LEAD_MS))
  await task()
  const { sent, failed, gapMs } = loadSchema.parse(await loading)
  return `${String(failed)} of ${String(sent)} fail, gap ${seconds(gapMs)}`
}

async function deleteOne(place: Place, selector: string): Promise<void> {
  const names = await place.kubectl(['get', 'pods', '-l', selector, '-o', 'name'])
  const [first] = names.trim().split('\n')
  if (first === undefined || first === '') throw new Error(`no pod of ${selector}`)
  await place.kubectl(['delete', first, '--wait=false'])
}

async function restart(place: Place, deployment: string): Promise<void> {
  await place.kubectl(['rollout', 'restart', `deployment/${deployment}`])
  await place.kubectl(['rollout', 'status', `deployment/${deployment}`, '--timeout=60s'])
}

async function memoryFigure({ caller }: Sites, what: string, beside: readonly [string, string]): Promise<Figure> {
  const router = await caller.memory('skupper-router')
  const controller = await caller.memory('skupper-site-controller')
  return figure(what, beside, `${router.toFixed(0)} / ${controller.toFixed(0)} MiB`)
}

async function startTime(start: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let round = 0; round < START_ROUNDS; round++) times.push(await timed(start))
  return median(times).toFixed(0)
}

/** Milliseconds that a task takes. */
async function timed(task: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await task()
  return performance.now() - before
}
