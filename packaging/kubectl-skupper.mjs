#!/usr/bin/env node
import { join } from 'node:path'
import { becomePinnedNode, fail, ROOT } from './pinned-node.mjs'

try {
  becomePinnedNode([join(ROOT, 'plugin', 'main.ts'), ...process.argv.slice(2)])
} catch (error) {
  fail(error)
}
