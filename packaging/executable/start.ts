import { createRequire, isBuiltin, registerHooks } from 'node:module'
import { getAsset } from 'node:sea'

// The first module of the single executable. It may import nothing but Node's own modules; so the files of the bundle,
// which lie inside as assets, are loaded by hooks: each when it is needed, which a command's start gains by.
const BASE = 'file:///skupper-executable/'
const START = `${BASE}start.mjs`

registerHooks({
  resolve(specifier, context, next) {
    if (isBuiltin(specifier)) return next(specifier, context)
    const isInside = context.parentURL?.startsWith(BASE) === true
    const { href } = new URL(specifier, isInside ? context.parentURL : BASE)
    return { url: href, format: 'module', shortCircuit: true }
  },
  load(url, context, next) {
    if (!url.startsWith(BASE)) return next(url, context)
    // Here import() knows the hooks.
    const source = url === START ? "void import('./main.mjs')" : getAsset(url.slice(BASE.length), 'utf8')
    return { format: 'module', source, shortCircuit: true }
  },
})
createRequire(BASE)(START)
