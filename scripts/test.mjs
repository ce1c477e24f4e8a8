import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fail, pinnedNode, ROOT } from '../packaging/pinned-node.mjs'
import { installIfNeeded } from './install.mjs'

const vitest = (project) => ['vitest/vitest.mjs', 'run', '--project', project, '--passWithNoTests']

/** What is checked, cheapest first; the first failure ends it. */
const STEPS = [
  ['format', ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
  ['lint', ['eslint/bin/eslint.js', '.', '--max-warnings', '0']],
  ['types', ['typescript/bin/tsc']],
  ['unit tests', vitest('unit')],
  ['contract tests', vitest('contract')],
  ['integration tests', vitest('integration')],
  // Without SKROUTERD they say that they are skipped.
  ['integration tests with skupper-router', vitest('skupper-router')],
]

try {
  installIfNeeded()
  const node = pinnedNode()
  // Whatever a test starts as "node" is the pinned one too.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
  for (const [title, [script, ...args]] of STEPS) {
    console.log(`\n== ${title}`)
    const tool = join(ROOT, 'node_modules', script)
    const { status, error } = spawnSync(node, [tool, ...args], { cwd: ROOT, env, stdio: 'inherit' })
    if (error !== undefined) throw error
    if (status !== 0) {
      console.error(`\n${title} failed.`)
      process.exit(status ?? 1)
    }
  }
} catch (error) {
  fail(error)
}
