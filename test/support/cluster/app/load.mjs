// A steady load: `node load.mjs URL REQUESTS_PER_SECOND SECONDS`, each request on a connection of its own, 2 s at most.
// Prints JSON: requests sent and failed, and the longest time without an answer.
import { request } from 'node:http'

const LIMIT_MS = 2_000
const [url, perSecond, seconds] = process.argv.slice(2)
const total = Number(perSecond) * Number(seconds)
const reasons = {}
let failed = 0
let done = 0
let sent = 0
let gapMs = 0
let answeredAt = performance.now()

const sending = setInterval(
  () => {
    if (sent < total) send()
    else clearInterval(sending)
  },
  1000 / Number(perSecond),
)

function send() {
  sent++
  const asked = request(url, { agent: false, timeout: LIMIT_MS, signal: AbortSignal.timeout(LIMIT_MS) }, (response) => {
    response.resume()
    response.on('end', () => finish(response.statusCode === 200 ? undefined : String(response.statusCode)))
    response.on('error', (error) => finish(error.code ?? error.message))
  })
  let isDone = false
  const finish = (reason) => {
    if (isDone) return
    isDone = true
    if (reason === undefined) {
      gapMs = Math.max(gapMs, performance.now() - answeredAt)
      answeredAt = performance.now()
    } else {
      failed++
      reasons[reason] = (reasons[reason] ?? 0) + 1
    }
    if (++done === total) console.log(JSON.stringify({ sent, failed, gapMs: Math.round(gapMs), reasons }))
  }
  asked.on('error', (error) => finish(error.code ?? error.message))
  asked.end()
}
