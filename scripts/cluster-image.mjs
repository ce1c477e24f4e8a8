// Makes the image of this checkout for the test clusters, with no registry and no engine, and loads it:
//   LOAD_IMAGE='../shared/cluster/cluster.sh load' node scripts/cluster-image.mjs [--with-workloads] CLUSTER…
// Each CLUSTER is a name or the path of a kubeconfig that tells it. Without LOAD_IMAGE the image is only made.
import { spawnSync } from 'node:child_process'
import { basename, dirname, join } from 'node:path'
import { readFileSync, statSync } from 'node:fs'
import { fail, pinnedNode, ROOT } from '../packaging/pinned-node.mjs'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const given = process.argv.slice(2)
const clusters = given.filter((word) => !word.startsWith('--'))
const maker = join(ROOT, '..', 'shared', 'cluster', 'app-image.sh')
const user = ['--user', '1000']

try {
  const node = ['--node', pinnedNode()]
  run(pinnedNode(), [join(ROOT, 'packaging', 'bundle', 'main.ts')])
  const name = `localhost/skupper:${version}`
  make('skupper-image', [name, '--app', join(ROOT, 'dist', 'app'), ...entry('main.mjs'), ...node, ...user])
  if (given.includes('--with-workloads')) {
    // The workloads of the cluster tests. Without a registry in their name containerd takes them for Docker Hub's.
    const app = ['--app', join(ROOT, 'test', 'support', 'cluster', 'app'), ...entry('main.mjs'), ...node, ...user]
    make('backend-image', ['docker.io/library/backend:v1', ...app])
    make('frontend-image', ['docker.io/library/frontend:v1', ...app, ...clients()])
  }
} catch (error) {
  fail(error)
}

/** What a pod of frontend calls others with: curl, and wrk where this machine has it. */
function clients() {
  const has = (program) => spawnSync('which', [program]).status === 0
  return ['curl', 'wrk'].filter(has).flatMap((program) => ['--bin', program])
}

function entry(file) {
  return ['--entrypoint', JSON.stringify(['/usr/local/bin/node', `/app/${file}`])]
}

function make(file, args) {
  const tar = join(ROOT, 'dist', `${file}.tar`)
  run(maker, [tar, ...args])
  console.log(`${tar}: ${(statSync(tar).size / 1024 / 1024).toFixed(1)} MiB`)
  for (const cluster of clusters) load(cluster, tar)
}

/** LOAD_IMAGE is a command for the shell; the cluster's name and the image follow it. */
function load(cluster, tar) {
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
