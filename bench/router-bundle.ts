import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROUTER = fileURLToPath(new URL('../router/main.ts', import.meta.url))
/** Some libraries ask for others as CommonJS does. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'

/** Writes our router as one file, as it is shipped: run from its sources it keeps Node's compiler in memory. */
export async function routerBundle(directory: string): Promise<string> {
  const program = join(directory, 'router.mjs')
  await build({
    ...{ entryPoints: [ROUTER], outfile: program, bundle: true, platform: 'node', format: 'esm' },
    ...{ banner: { js: REQUIRE }, logLevel: 'error' },
  })
  return program
}
