import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../core/model/error.ts'
import { narrate } from './narrator.ts'
import { Shell } from './shell.ts'

const narrator = narrate(process.stdout)
const endsByItself = process.argv.includes('--once')
const home = await mkdtemp(join(tmpdir(), 'skupper-demo-'))
const shell = new Shell({
  narrator,
  launcher: join(import.meta.dirname, '../../packaging/kubectl-skupper.mjs'),
  environment: { ...process.env, XDG_DATA_HOME: home, SKUPPER_PLATFORM: 'linux', SKUPPER_NO_SYSTEMD: '1' },
})
// Loopback addresses drawn at random, so that two demos can run on one machine.
const network = `127.${draw()}.${draw()}`
const PUBLIC = { namespace: 'public-cloud', host: `${network}.1` }
const PRIVATE = { namespace: 'private-datacenter', host: `${network}.2` }
const token = join(home, 'cluster1-token.yaml')
const service = `http://${PUBLIC.host}:8080`
const backend = fork(join(import.meta.dirname, 'backend.ts'), { stdio: 'inherit' })
const listening = once(backend, 'message') as Promise<[{ port: number }]>

const interrupted = new Promise<void>((resolve) => {
  process.once('SIGINT', resolve)
  process.once('SIGTERM', resolve)
})
try {
  await Promise.race([story(), interrupted])
  if (!endsByItself) await stayUp()
} catch (error) {
  narrator.remark(`\nThe demo failed: ${messageOf(error)}`)
  process.exitCode = 1
} finally {
  await cleanUp()
}

async function story(): Promise<void> {
  narrator.chapter('1. Two sites, each with a router of its own')
  await init(PUBLIC)
  await init(PRIVATE)

  narrator.chapter('2. A link between them, over mutual TLS')
  await shell.skupper(`-n public-cloud token create ${token}`, /Token written to/)
  await link()

  narrator.chapter('3. A backend in private-datacenter, called from public-cloud')
  const port = await backendPort()
  narrator.remark(`(a real HTTP server with pid ${String(backend.pid)} listens on 127.0.0.1:${String(port)})`)
  await shell.skupper(
    `-n private-datacenter expose host 127.0.0.1 --address backend --port 8080 --target-port ${String(port)} --protocol http`,
    /exposed as backend/,
  )
  await answers()

  narrator.chapter('4. What the sites say')
  await shell.skupper('-n public-cloud status', /interior mode\.\nIt is connected to 1 other site\./)
  await shell.skupper('-n public-cloud service status', /│ backend +│ backend:8080 +│ http +│ +1 +│/)
  await shell.skupper('-n public-cloud network status', /private-datacenter/)

  narrator.chapter('5. The link is deleted, and made again from the same token')
  await shell.skupper('-n private-datacenter link delete link-to-public', /has been removed/)
  await shell.curlFails(service)
  await link()
  await answers()
}

async function init({ namespace, host }: typeof PUBLIC): Promise<void> {
  const flags = `--site-name ${namespace} --link-host ${host} --listen-host ${host}`
  await shell.skupper(`-n ${namespace} init ${flags}`, /Skupper is now installed/)
}

async function link(): Promise<void> {
  await shell.skupper(`-n private-datacenter link create ${token} --name link-to-public`, /link-to-public/)
  await shell.skupper('-n private-datacenter link status', /^Link link-to-public is connected$/m)
}

async function answers(): Promise<void> {
  const own = new RegExp(`^hello from pid ${String(backend.pid)}, answer \\d+`)
  for (const path of ['/', '/health']) await shell.curl(service + path, own)
}

async function stayUp(): Promise<void> {
  narrator.chapter('It stays up until Ctrl-C. Try it in another terminal:')
  narrator.remark(`export XDG_DATA_HOME=${home} SKUPPER_PLATFORM=linux`)
  narrator.remark(`curl ${service}`)
  narrator.remark(`node packaging/kubectl-skupper.mjs -n public-cloud service status`)
  await interrupted
}

async function cleanUp(): Promise<void> {
  narrator.remark('\nRemoving both sites …')
  await Promise.all([PUBLIC, PRIVATE].map(({ namespace }) => shell.run(`-n ${namespace} delete`)))
  backend.disconnect()
  await rm(home, { recursive: true, force: true })
}

async function backendPort(): Promise<number> {
  const [{ port }] = await listening
  return port
}

function draw(): string {
  return String(1 + Math.floor(Math.random() * 254))
}
