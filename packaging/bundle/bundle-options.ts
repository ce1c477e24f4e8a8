import { join } from 'node:path'
import type { BuildOptions } from 'esbuild'

/** The checkout. */
export const ROOT = join(import.meta.dirname, '../..')

/** What the bundle and the executable are built from and how. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  minify: true,
  // Errors and logs name classes.
  keepNames: true,
  legalComments: 'none',
  // Packages in CommonJS form ask for Node's own modules by `require`, which a module has not.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'error',
} as const satisfies BuildOptions
