import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../packaging/pinned-node.mjs'

/** Installs what the lock file says, unless that was done since the lock file last changed. Throws if npm fails. */
export function installIfNeeded() {
  const locked = changedAt('package-lock.json')
  const installed = changedAt(join('node_modules', '.package-lock.json'))
  if (installed !== undefined && locked !== undefined && installed >= locked) return
  console.error('Installing the packages of package-lock.json …')
  // Nothing of ours needs an install script; development and optional packages hold the tools and the pinned Node.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const { error, status } = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (error !== undefined) throw new Error(`npm cannot be run: ${error.message}`)
  if (status !== 0) throw new Error(`npm ci failed with exit code ${String(status)}.`)
}

function changedAt(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs
}
