#!/usr/bin/env node
import { basename, join } from 'node:path'
import { becomePinnedNode, fail, ROOT } from './pinned-node.mjs'

// As kubectl's plugin or by its own name: the help speaks accordingly.
const calledAs = basename(process.argv[1]) === 'kubectl-skupper' ? 'kubectl-skupper' : 'skupper'

try {
  becomePinnedNode([join(ROOT, 'plugin', 'main.ts'), ...process.argv.slice(2)], calledAs)
} catch (error) {
  fail(error)
}
