import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { isSea } from 'node:sea'

// All programs in one: the first argument chooses which. Without the name of a program it is the command line, so that
// the executable can be called as `skupper`. Each program reads its own arguments and is only loaded when it is meant.
const [, , first] = process.argv

// What the bundle brings of V8's compiled code: a third less time until a program does something. Where the bundle was
// put by somebody who may write, the rest is added there.
if (import.meta.filename.endsWith('.mjs') && !isSea()) {
  enableCompileCache({ directory: join(import.meta.dirname, 'compiled'), portable: true })
}
if (isProgram(first)) process.argv.splice(2, 1)
await run(isProgram(first) ? first : 'skupper')

/** `webhook` is a command of the command line, so its program has another name. */
type Program = 'controller' | 'router' | 'webhook-server' | 'skupper'

function isProgram(word: string | undefined): word is Program {
  return word === 'controller' || word === 'router' || word === 'webhook-server' || word === 'skupper'
}

function run(program: Program): Promise<unknown> {
  if (program === 'controller') return import('../controller/main.ts')
  if (program === 'router') return import('../router/main.ts')
  if (program === 'webhook-server') return import('../webhook/main.ts')
  return import('../plugin/main.ts')
}
