import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether the `openssl` command is there: tests that need it say they are skipped if not. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/**
 * Runs `openssl` in a new directory with these files (name → content), and gives what it printed.
 * Throws with its own words if it fails.
 */
export function openssl(args: readonly string[], files: Readonly<Record<string, string | Buffer>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'skupper-openssl-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: directory, encoding: 'utf8', timeout: 10_000 })
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}${stdout}`)
    return stdout + stderr
  } finally {
    rmSync(directory, { recursive: true })
  }
}
