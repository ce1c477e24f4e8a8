// Makes the image of this checkout for the test clusters, with no registry and no engine, and loads it:
//   LOAD_IMAGE='../shared/cluster/cluster.sh load' node scripts/cluster-image.mjs CLUSTER…
// Each CLUSTER is a name or the path of a kubeconfig that tells it. Without LOAD_IMAGE the image is only made.
import { spawnSync } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { readFileSync, statSync } from 'node:fs'
import { fail, pinnedNode, ROOT } from '../packaging/pinned-node.mjs'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const tar = join(ROOT, 'dist', 'skupper-image.tar')

try {
  const node = pinnedNode()
  run(node, [join(ROOT, 'packaging', 'bundle', 'main.ts')])
  const maker = join(ROOT, '..', 'shared', 'cluster', 'app-image.sh')
  const entrypoint = JSON.stringify(['/usr/local/bin/node', '/app/main.mjs'])
  const flags = ['--app', join(ROOT, 'dist', 'app'), '--node', node, '--entrypoint', entrypoint, '--user', '1000']
  run(maker, [tar, `localhost/skupper:${version}`, ...flags])
  console.log(`${tar}: ${(statSync(tar).size / 1024 / 1024).toFixed(1)} MiB`)
  for (const cluster of process.argv.slice(2)) load(cluster)
} catch (error) {
  fail(error)
}

/** LOAD_IMAGE is a command for the shell; the cluster's name and the image follow it. */
function load(cluster) {
  const command = process.env.LOAD_IMAGE
  if (command !== undefined) run('/bin/sh', ['-c', `${command} "$@"`, 'load', nameOf(cluster), tar])
}

/** `a` of `a`, `a.yaml` and `a/kubeconfig`. */
function nameOf(cluster) {
  const file = basename(cluster)
  return file === 'kubeconfig' ? basename(dirname(cluster)) : file.replace(/\.(yaml|yml|kubeconfig)$/, '')
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} failed with exit code ${String(status)}.`)
}
