import { z } from 'zod'
import type { ClusterNamespace } from './kubectl.ts'

/** Runs in a pod of Deployment `frontend`: each request goes over a connection of its own. */
const SCRIPT = `
const { request } = require('node:http')
const [url, seconds, perSecond, limitMs] = process.argv.slice(1)
const EVERY_MS = 1000 / Number(perSecond), LIMIT_MS = Number(limitMs)
const total = Math.round(Number(seconds) * Number(perSecond))
const failures = [], servers = {}
let answered = 0, sent = 0, lastAt, longestGapMs = 0, over = 0
const startedAt = performance.now()
const done = () => {
  if (++over < total) return
  console.log(JSON.stringify({ sent, answered, longestGapMs: Math.round(longestGapMs), failures: failures.slice(0, 20), servers }))
}
const one = () => {
  const at = performance.now()
  const call = request(url, { agent: false, timeout: LIMIT_MS }, (response) => {
    let text = ''
    response.on('data', (chunk) => { text += chunk })
    response.on('end', () => {
      const now = performance.now()
      answered++
      servers[text.trim()] = (servers[text.trim()] ?? 0) + 1
      if (lastAt !== undefined) longestGapMs = Math.max(longestGapMs, now - lastAt)
      lastAt = now
      done()
    })
    response.on('error', fail)
  })
  let failed = false
  function fail(error) {
    if (failed) return
    failed = true
    failures.push(Math.round(at - startedAt) + ' ms: ' + (error.code ?? error.message))
    done()
  }
  call.on('timeout', () => call.destroy(new Error('no answer in time')))
  call.on('error', fail)
  call.end()
}
const timer = setInterval(() => {
  const due = Math.min(total, Math.floor((performance.now() - startedAt) / EVERY_MS))
  while (sent < due) { sent++; one() }
  if (sent >= total) clearInterval(timer)
}, EVERY_MS)
`

const resultSchema = z.object({
  sent: z.number(),
  answered: z.number(),
  /** Between two answers. */
  longestGapMs: z.number(),
  /** The first ones: when they were sent, and what became of them. */
  failures: z.array(z.string()),
  /** How many answers each of those who answer with their name gave. */
  servers: z.record(z.string(), z.number()),
})

export type LoadResult = z.infer<typeof resultSchema>

/** By default 50 requests a second, each over a new connection and with a limit of 2 s. */
export interface Load {
  readonly seconds: number
  readonly perSecond?: number
  readonly limitMs?: number
}

/** Calls from a pod of Deployment `frontend` for some time. */
export async function steadyLoad(
  from: ClusterNamespace,
  url: string,
  { seconds, perSecond = 50, limitMs = 2_000 }: Load,
): Promise<LoadResult> {
  const program = ['/usr/local/bin/node', '-e', SCRIPT, url, ...[seconds, perSecond, limitMs].map(String)]
  return resultSchema.parse(JSON.parse(await from.kubectl(['exec', 'deployment/frontend', '--', ...program])))
}
