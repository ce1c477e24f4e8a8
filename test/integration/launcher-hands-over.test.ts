import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const PACKAGING = join(import.meta.dirname, '../../packaging')
const MODULE = pathToFileURL(join(PACKAGING, 'pinned-node.mjs')).href

/** Older Nodes cannot replace themselves: there the launcher stays, as the parent. */
const LAUNCHERS: [string, string[]][] = [
  ['replacing itself', []],
  ['staying as the parent', ['--import', 'data:text/javascript,delete process.execve']],
]

/** A launcher whose pinned Node runs `program`. */
function launch(flags: string[], program: string) {
  const code = `import { becomePinnedNode } from '${MODULE}'; becomePinnedNode(['-e', ${JSON.stringify(program)}])`
  return spawn(process.execPath, [...flags, '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

describe.each(LAUNCHERS)('the launcher, %s,', (_how, flags) => {
  it('hands over output and exit code', async () => {
    const launcher = launch(flags, 'console.log(process.version); process.exitCode = 3')
    const [output, exit] = await Promise.all([text(launcher.stdout), once(launcher, 'exit')])
    expect(output.trim()).toBe(process.version)
    expect(exit).toEqual([3, null])
  })

  it('hands over a signal that the program handles', async () => {
    const program = 'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up")'
    const launcher = launch(flags, program)
    await once(launcher.stdout, 'data')
    launcher.kill('SIGTERM')
    expect(await once(launcher, 'exit')).toEqual([7, null])
  })

  it('ends by the signal that ended the program', async () => {
    const launcher = launch(flags, 'setInterval(() => {}, 1000); console.log("up")')
    await once(launcher.stdout, 'data')
    launcher.kill('SIGTERM')
    expect(await once(launcher, 'exit')).toEqual([null, 'SIGTERM'])
  })

  it.each(['skupper', 'kubectl-skupper'])('runs the plugin as %s', async (name) => {
    const called = join(await temporaryDirectory(), name)
    await symlink(join(PACKAGING, 'kubectl-skupper.mjs'), called)
    const command = [called, '--help']
    const plugin = spawn(process.execPath, [...flags, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [output, exit] = await Promise.all([text(plugin.stdout), once(plugin, 'exit')])
    expect(output).toContain(`Usage: ${name.replace('-', ' ')} [options]`)
    expect(exit).toEqual([0, null])
  })
})
