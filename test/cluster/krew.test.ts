import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { CLUSTERS } from '../support/cluster/clusters.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
/** The program of krew itself. */
const KREW = process.env['KREW'] ?? ''
const ARCHIVE = 'skupper-linux-amd64.tar.gz'
const TEST_MS = 240_000

interface Manifest {
  spec: { platforms: { uri: string; sha256: string; bin: string; files: { from: string; to: string }[] }[] }
}

/** The archive and the manifest of a release, made by the commands of the README. */
async function release(): Promise<{ archive: string; manifest: string }> {
  const directory = await temporaryDirectory()
  const [archive, manifest] = [join(directory, ARCHIVE), join(directory, 'skupper.yaml')]
  await run(process.execPath, [join(ROOT, 'packaging/executable/main.ts')], { cwd: ROOT })
  await run('tar', ['-I', 'gzip -1', '-cf', archive, '-C', join(ROOT, 'dist/executable'), 'skupper'])
  const krew = [join(ROOT, 'packaging/krew/main.ts'), 'https://downloads.example.com/v1', archive]
  const { stdout } = await run(process.execPath, krew, { cwd: ROOT })
  await writeFile(manifest, stdout)
  return { archive, manifest }
}

/** What krew does with both, by its documentation; gives the directory that is to be on the path. */
async function installLikeKrew(archive: string, manifest: string): Promise<string> {
  const [platform] = (parse(await readFile(manifest, 'utf8')) as Manifest).spec.platforms
  if (platform === undefined) throw new Error('the manifest has no platform')
  expect(platform.uri).toBe(`https://downloads.example.com/v1/${ARCHIVE}`)
  expect(platform.sha256).toBe(
    createHash('sha256')
      .update(await readFile(archive))
      .digest('hex'),
  )
  expect(platform.files).toEqual([{ from: 'skupper', to: '.' }])
  const home = await temporaryDirectory()
  const [store, bin] = [join(home, 'store/skupper'), join(home, 'bin')]
  await Promise.all([mkdir(store, { recursive: true }), mkdir(bin)])
  await run('tar', ['-xzf', archive, '-C', store])
  await symlink(join(store, platform.bin), join(bin, 'kubectl-skupper'))
  return bin
}

async function installByKrew(archive: string, manifest: string): Promise<string> {
  const home = await temporaryDirectory()
  const env = { ...process.env, KREW_ROOT: home, KREW_NO_UPGRADE_CHECK: '1' }
  await run(KREW, ['install', `--manifest=${manifest}`, `--archive=${archive}`], { env })
  return join(home, 'bin')
}

const canRun = process.platform === 'linux' && process.arch === 'x64' && CLUSTERS.length > 0

describe.skipIf(!canRun)('the archive and manifest of a release', () => {
  test(`install kubectl skupper${KREW === '' ? '' : ', by krew itself too'}`, { timeout: TEST_MS }, async () => {
    const { archive, manifest } = await release()
    const installs = [installLikeKrew, ...(KREW === '' ? [] : [installByKrew])]
    for (const install of installs) {
      const bin = await install(archive, manifest)
      const env = { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) }
      const { stdout } = await run('kubectl', ['skupper', 'version', '--client'], { env })
      expect(stdout).toContain(packageJson.version)
    }
  })
})
