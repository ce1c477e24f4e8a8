// Tests on real clusters:
//   CLUSTERS=a.yaml,b.yaml,c.yaml LOAD_IMAGE='COMMAND' npm run test:cluster [-- FILE…]
// or, with --bench, what takes how long there: npm run bench:cluster [-- --cases NAME,…].
// COMMAND is run as COMMAND CLUSTER IMAGE.tar for each cluster and image; CLUSTER is told by the kubeconfig's name.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fail, pinnedNode, ROOT } from '../packaging/pinned-node.mjs'

const { CLUSTERS = '', LOAD_IMAGE } = process.env
const clusters = CLUSTERS.split(',').filter((path) => path.trim() !== '')

try {
  if (clusters.length === 0) console.log('Cluster tests: skipped, CLUSTERS is not set.')
  else test(pinnedNode())
} catch (error) {
  fail(error)
}

function test(node) {
  if (LOAD_IMAGE === undefined) console.log('Images are expected to be there: LOAD_IMAGE is not set.')
  else run(node, [join(ROOT, 'scripts', 'cluster-image.mjs'), '--with-workloads', ...clusters])
  const given = process.argv.slice(2)
  if (given[0] === '--bench') {
    run(node, [join(ROOT, 'bench', 'cluster', 'main.ts'), ...given.slice(1)])
    return
  }
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  // Whatever a test starts as "node" is the pinned one too.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
  run(node, [vitest, 'run', '--project', 'cluster', ...given], env)
}

function run(program, args, env = process.env) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', env })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
