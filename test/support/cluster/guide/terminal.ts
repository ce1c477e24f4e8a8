import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect } from 'vitest'
import { PROGRAM, type Finished } from '../kubectl.ts'
import { GUIDE_FILES } from './manifests.ts'
import type { GuideStep } from './sections.ts'

const PASTE_DEADLINE_MS = 180_000
const PODS_DEADLINE = '90s'

/** A terminal as the guide's reader has one: a home, the files that the guide names, `skupper` and kubectl's plugin. */
export class GuideTerminal {
  readonly #home: string
  readonly #kubeconfig: string

  private constructor(home: string, kubeconfig: string) {
    this.#home = home
    this.#kubeconfig = kubeconfig
  }

  /** `home` is an empty directory. */
  static async open(home: string, kubeconfig: string): Promise<GuideTerminal> {
    await mkdir(join(home, 'bin'))
    for (const name of ['skupper', 'kubectl-skupper']) await writeProgram(join(home, 'bin', name), name)
    for (const [file, yaml] of Object.entries(GUIDE_FILES)) await writeFile(join(home, file), yaml)
    return new GuideTerminal(home, kubeconfig)
  }

  /** Pastes each step in turn. Fails at the first that does not succeed or prints something else. */
  async follow(steps: readonly GuideStep[]): Promise<void> {
    for (const { paste, prints, brings = [] } of steps) {
      expect(await this.paste(paste)).toMatch(pattern(prints))
      for (const { context, deployment } of brings) {
        const wait = `kubectl --context ${context} rollout status deployment/${deployment} --timeout=${PODS_DEADLINE}`
        await this.paste(wait)
      }
    }
  }

  /** What a paste prints. Throws with both outputs where one of its commands fails. */
  async paste(text: string): Promise<string> {
    const { code, stdout, stderr, ms } = await this.try(text)
    // For who wants to see what the guide's reader sees.
    if (process.env['TRANSCRIPT'] !== undefined) process.stderr.write(`$ ${text}\n${stdout}[${ms.toFixed(0)} ms]\n`)
    if (code !== 0) throw new Error(`${text}\nexit code ${String(code)}\n${stdout}${stderr}`)
    return stdout
  }

  /** What a paste did. */
  try(text: string): Promise<Finished> {
    const env = {
      ...process.env,
      HOME: this.#home,
      KUBECONFIG: this.#kubeconfig,
      PATH: [join(this.#home, 'bin'), process.env['PATH']].join(delimiter),
    }
    const before = performance.now()
    return new Promise((resolve) => {
      const options = { env, cwd: this.#home, timeout: PASTE_DEADLINE_MS }
      const child = execFile('bash', ['-e', '-c', text], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr, ms: performance.now() - before })
      })
      child.stdin?.end()
    })
  }
}

/** The whole text, with `…` for anything within a line. */
function pattern(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^\\n]*')}$`)
}

async function writeProgram(path: string, name: string): Promise<void> {
  await writeFile(path, `#!/bin/bash\nexec -a ${name} '${process.execPath}' '${PROGRAM}' "$@"\n`)
  await chmod(path, 0o755)
}
