import { parseArgs } from 'node:util'
import { connect } from '../core/kube/kube-config.ts'
import { WEBHOOK, WEBHOOK_HEALTH_PORT, WEBHOOK_PORT, webhookHosts } from '../core/kube/webhook/webhook-name.ts'
import { IdleCollection } from '../core/memory/idle-collection.ts'
import { ProcessMemory } from '../core/memory/process-memory.ts'
import { tendMemory } from '../core/memory/tend-memory.ts'
import { checkPort } from '../core/model/address.ts'
import { messageOf } from '../core/model/error.ts'
import { openLog } from './log.ts'
import { WebhookProgram } from './program.ts'

const USAGE = `usage: node webhook/main.ts --namespace NAME [flags]

  --namespace NAME            the webhook's own namespace, where its Secrets are
  --port PORT                 where API servers ask (${String(WEBHOOK_PORT)})
  --health-port PORT          /healthz, /readyz, /metrics over HTTP (${String(WEBHOOK_HEALTH_PORT)})
  --host HOST                 the address to listen on (all)
  --url URL                   where API servers find it, if not by its Service
  --certificate-secret NAME   serve with the certificate in this Secret; it is never written
  --kubeconfig FILE           how to reach the API server, if not as a pod`
const EXIT_FAILED = 1
const EXIT_USAGE = 2
const STANDARD_OUTPUT = 1

const log = openLog({ level: process.env['SKUPPER_LOG_LEVEL'] ?? 'info', destination: STANDARD_OUTPUT })

const memory = new ProcessMemory()
tendMemory(memory, [new IdleCollection(memory)])
const { namespace, kubeconfig, ...place } = readFlags()
const client = await connect({
  kubeconfig,
  namespace,
  fieldManager: WEBHOOK,
  env: process.env,
})
const program = new WebhookProgram({ client, log, random: Math.random, wall: Date.now, ...place })
let isEnding = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
await program.start().catch((error: unknown) => {
  console.error(`skupper-webhook: ${messageOf(error)}`)
  process.exit(EXIT_FAILED)
})

function end(signal: string): void {
  // Whoever asks twice does not want to wait.
  if (isEnding) process.exit(EXIT_FAILED)
  isEnding = true
  log.info({ reason: signal }, 'ending')
  program.close().then(
    () => process.exit(),
    (error: unknown) => {
      log.error({ err: error }, 'could not end in order')
      process.exit(EXIT_FAILED)
    },
  )
}

function readFlags() {
  const names = ['namespace', 'port', 'health-port', 'host', 'url', 'certificate-secret', 'kubeconfig'] as const
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }] as const))
  try {
    const { values } = parseArgs({ options })
    const { namespace, url, kubeconfig, host = '::' } = values as Readonly<Record<string, string | undefined>>
    if (namespace === undefined) throw new Error('--namespace is missing')
    const hosts = url === undefined ? webhookHosts(namespace) : [...webhookHosts(namespace), hostOf(url)]
    return {
      ...{ namespace, url, kubeconfig, host, hosts },
      port: checkPort(String(values['port'] ?? WEBHOOK_PORT)),
      healthPort: checkPort(String(values['health-port'] ?? WEBHOOK_HEALTH_PORT)),
      suppliedSecret: values['certificate-secret'],
    }
  } catch (error) {
    console.error(`skupper-webhook: ${messageOf(error)}\n\n${USAGE}`)
    process.exit(EXIT_USAGE)
  }
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
}
