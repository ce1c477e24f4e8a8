import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }

const ENGINES = ['docker', 'podman', 'buildah']
const root = join(import.meta.dirname, '../..')

const [name = `localhost/skupper:${packageJson.version}`] = process.argv.slice(2)
const engine = ENGINES.find((each) => works(each))
if (engine === undefined) {
  console.error(`No image was built: it takes one of ${ENGINES.join(', ')}, and none of them works here.`)
  process.exit(1)
}
const { status } = spawnSync(engine, ['build', '--tag', name, root], { stdio: 'inherit' })
if (status === 0) console.log(`${engine} built ${name}`)
process.exit(status ?? 1)

/** A client without its engine does not count. */
function works(engine: string): boolean {
  return spawnSync(engine, ['info'], { stdio: 'ignore', timeout: 30_000 }).status === 0
}
