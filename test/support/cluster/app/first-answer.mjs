// Asks URLs again and again until each has answered: `node first-answer.mjs SECONDS URL…`; `[1-200]` in a URL stands for
// all numbers between. Prints JSON: when the last one did, in milliseconds since 1970, and those that never did.
import { setTimeout as delay } from 'node:timers/promises'

const [seconds, ...given] = process.argv.slice(2)
const deadline = performance.now() + Number(seconds) * 1000
const PAUSE_MS = 20
const LIMIT_MS = 1_000
const WORKERS = 20

const silent = []
let lastAt = 0
const waiting = given.flatMap(expand)
await Promise.all(Array.from({ length: WORKERS }, work))
console.log(JSON.stringify({ lastAt, silent }))

function expand(url) {
  const range = /\[(\d+)-(\d+)\]/.exec(url)
  if (range === null) return [url]
  const [text, first, last] = range
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => url.replace(text, Number(first) + at))
}

async function work() {
  for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) await until(url)
}

async function until(url) {
  while (performance.now() < deadline) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS), headers: { connection: 'close' } })
      await answer.arrayBuffer()
      if (answer.ok) {
        lastAt = Math.max(lastAt, Date.now())
        return
      }
    } catch {
      // Not yet.
    }
    await delay(PAUSE_MS)
  }
  silent.push(url)
}
