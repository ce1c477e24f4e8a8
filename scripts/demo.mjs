import { join } from 'node:path'
import { becomePinnedNode, fail, ROOT } from '../packaging/pinned-node.mjs'
import { installIfNeeded } from './install.mjs'

try {
  installIfNeeded()
  becomePinnedNode([join(ROOT, 'scripts', 'demo', 'main.ts'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
