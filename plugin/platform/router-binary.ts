import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { SiteFlags } from '../site-flags.ts'

const VERSION_DEADLINE_MS = 10_000
/** What has the wire and the entities that our controller configures. */
const WANTED_VERSION = /^3\./

/**
 * The settings of a site on a machine, with the program of its router where that is not our own: it is run once, so
 * that what cannot be a router is refused here and not found out by the supervisor. Throws `flag/refused` and
 * `flag/router-binary`.
 */
export async function engineSettings(
  flags: SiteFlags,
  settings: Record<string, string>,
): Promise<Record<string, string>> {
  const isGiven = flags.has('router-binary') || flags.has('router-engine')
  if (settingOf({ spec: { settings } }, 'router-engine') === 'built-in') {
    if (flags.has('router-binary')) refuseWithoutEngine(flags.get('router-binary') ?? '')
    return settings
  }
  if (!isGiven) return settings
  const program = absolute(settingOf({ spec: { settings } }, 'router-binary'))
  await checkVersion(program)
  return { ...settings, 'router-binary': program }
}

/** The supervisor has another working directory. What has no slash in it is looked for on the path. */
function absolute(program: string): string {
  return program.includes('/') ? resolve(program) : program
}

async function checkVersion(program: string): Promise<void> {
  const wanted = 'the program of skupper-router 3'
  const options = { timeout: VERSION_DEADLINE_MS }
  const answer = await promisify(execFile)(program, ['--version'], options).catch((cause: unknown) => {
    const message = `router program "${program}" cannot be run: ${messageOf(cause)}; wanted ${wanted}`
    throw new SkupperError('flag/router-binary', message, { given: program, wanted, cause })
  })
  const version = answer.stdout.trim()
  if (WANTED_VERSION.test(version)) return
  const message = `router program "${program}" says that its version is "${version.slice(0, 100)}"; wanted ${wanted}`
  throw new SkupperError('flag/router-binary', message, { given: version, wanted })
}

function refuseWithoutEngine(given: string): never {
  const wanted = '--router-engine skupper-router'
  const message = `--router-binary cannot be used: the built-in router is no program of its own; wanted ${wanted} beside it`
  throw new SkupperError('flag/refused', message, { given, wanted })
}
