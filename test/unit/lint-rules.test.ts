import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ESLint } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// One fault of each kind is planted in a small tree with this project's own lint configuration, and the tree is linted
// once. The tree lies within the project, so that it finds the same packages, in a folder that everything else ignores.

const ROOT = join(import.meta.dirname, '../..')
const DEADLINE_MS = 120_000

/** The import table of the architecture: what a folder may import beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'core/model': [],
  'core/pki': ['core/model'],
  'core/kube': ['core/model'],
  'core/store': ['core/model'],
  router: ['core/model', 'core/pki'],
  webhook: ['core/model', 'core/pki', 'core/kube', 'router/config'],
  controller: [
    'core/model',
    'core/pki',
    'core/kube',
    'core/store',
    'router/config',
    'router/amqp',
    'router/management/client.ts',
    'router/telemetry/records.ts',
  ],
  plugin: ['core/model', 'core/pki', 'core/kube', 'core/store', 'router/config', 'router/management/client.ts'],
  console: [
    'core/model',
    'core/kube',
    'router/config',
    'router/amqp',
    'router/management/client.ts',
    'router/telemetry/records.ts',
  ],
}

/** What there is to import: every folder, and the parts of the router that some may import. */
const IMPORTABLE: readonly string[] = [
  ...Object.keys(MAY_IMPORT),
  'test',
  'router/config',
  'router/amqp',
  'router/mesh',
  'router/management/client.ts',
  'router/management/server.ts',
  'router/telemetry/records.ts',
  'router/telemetry/source.ts',
]

interface Plant {
  /** The one rule that must fire; none where the code is allowed. */
  readonly rule?: string
  readonly what: string
  readonly file: string
  readonly code: string
}

const lines = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_none, n) => line(n)).join('\n')
const moduleOf = (place: string) => (place.endsWith('.ts') ? place : `${place}/word.ts`)
const isWithin = (place: string, folder: string) => place === folder || place.startsWith(`${folder}/`)

const imports: Plant[] = Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) =>
  IMPORTABLE.filter((place) => place !== folder).map((place) => {
    const isAllowed = isWithin(place, folder) || allowed.includes(place)
    const up = '../'.repeat(folder.split('/').length)
    return {
      ...(isAllowed ? {} : { rule: 'import-x/no-restricted-paths' }),
      what: `${folder} importing ${place}`,
      file: `${folder}/import-${place.replaceAll(/[/.]/g, '-')}.ts`,
      code: `import { word } from '${up}${moduleOf(place)}'\nexport const used = word\n`,
    }
  }),
)

const words: Plant[] = [...new Set([...IMPORTABLE, 'core/model'])].map((place) => ({
  what: `the module of ${place}`,
  file: moduleOf(place),
  code: "export const word = 'a word'\nexport type Word = typeof word\n",
}))

const faults: Plant[] = [
  {
    rule: 'import-x/no-cycle',
    what: 'two modules that import each other',
    file: 'core/pki/one.ts',
    code: "import { two } from './two.ts'\nexport const one = (): number => two()\n",
  },
  {
    rule: 'import-x/no-cycle',
    what: 'the other of two modules that import each other',
    file: 'core/pki/two.ts',
    code: "import { one } from './one.ts'\nexport const two = (): number => one()\n",
  },
  {
    rule: 'import-x/no-default-export',
    what: 'a default export',
    file: 'core/pki/default-export.ts',
    code: 'export default 1\n',
  },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    what: 'a switch without a case',
    file: 'core/pki/switch.ts',
    code: "export function f(word: 'a' | 'b'): number {\n  switch (word) {\n    case 'a':\n      return 1\n  }\n  return 0\n}\n",
  },
  {
    rule: '@typescript-eslint/consistent-type-imports',
    what: 'a type imported as a value',
    file: 'core/pki/type-import.ts',
    code: "import { Word } from './word.ts'\nexport const f = (word: Word): Word => word\n",
  },
  {
    rule: 'eqeqeq',
    what: 'a loose comparison',
    file: 'core/pki/loose.ts',
    code: 'export const f = (a: unknown, b: unknown): boolean => a == b\n',
  },
  {
    rule: 'complexity',
    what: 'a function of eleven ways',
    file: 'core/pki/complex.ts',
    code: `export function f(n: number): number {\n${lines(10, (n) => `  if (n === ${String(n)}) return ${String(n + 1)}`)}\n  return 0\n}\n`,
  },
  {
    rule: 'max-depth',
    what: 'four levels of blocks',
    file: 'core/pki/deep.ts',
    code: 'export function f(a: number): void {\n  for (;;) { if (a > 1) { if (a > 2) { if (a > 3) { return } } } }\n}\n',
  },
  {
    rule: 'max-params',
    what: 'four parameters',
    file: 'core/pki/parameters.ts',
    code: 'export const f = (a: number, b: number, c: number, d: number): number => a + b + c + d\n',
  },
  {
    rule: 'max-lines',
    what: 'a file of 301 lines',
    file: 'core/pki/long-file.ts',
    code: `${lines(301, (n) => `export const a${String(n)} = 0`)}\n`,
  },
  {
    rule: 'max-lines-per-function',
    what: 'a function of 51 lines',
    file: 'core/pki/long-function.ts',
    code: `export function f(): number {\n  let a = 0\n${lines(48, () => '  a += 1')}\n  return a\n}\n`,
  },
  {
    rule: 'no-restricted-imports',
    what: 'core/model with a module of Node',
    file: 'core/model/file.ts',
    code: "import { readFile } from 'node:fs/promises'\nexport const read = readFile\n",
  },
  {
    rule: 'no-restricted-imports',
    what: 'core/model with a Kubernetes client',
    file: 'core/model/kubernetes.ts',
    code: "import '@kubernetes/client-node'\n",
  },
  {
    rule: 'no-restricted-imports',
    what: 'the router with a Kubernetes client',
    file: 'router/mesh/kubernetes.ts',
    code: "import '@kubernetes/client-node'\n",
  },
  {
    rule: 'no-restricted-properties',
    what: 'the environment read outside main.ts',
    file: 'controller/environment.ts',
    code: 'export const home = process.env\n',
  },
  {
    rule: 'no-restricted-properties',
    what: 'the process ended outside main.ts',
    file: 'plugin/exit.ts',
    code: 'export function end(): void {\n  process.exit(1)\n}\n',
  },
  {
    rule: 'no-console',
    what: 'console outside the plugin',
    file: 'controller/console.ts',
    code: "console.log('a word')\n",
  },
  {
    rule: '@typescript-eslint/no-floating-promises',
    what: 'a promise that nobody waits for',
    file: 'core/pki/floating.ts',
    code: 'export function f(promise: Promise<void>): void {\n  promise.then(() => 1)\n}\n',
  },
  {
    rule: '@typescript-eslint/no-explicit-any',
    what: 'any',
    file: 'core/pki/any.ts',
    code: 'export type Whatever = any\n',
  },
  {
    rule: '@typescript-eslint/no-non-null-assertion',
    what: 'a claim that something is there',
    file: 'core/pki/claim.ts',
    code: 'export const f = (a: string | undefined): string => a!\n',
  },
]

const allowed: Plant[] = [
  {
    what: 'environment, exit and console in main.ts',
    file: 'controller/main.ts',
    code: 'console.log(process.env)\nprocess.exit(1)\n',
  },
  {
    what: 'console in the plugin',
    file: 'plugin/print.ts',
    code: "console.log('a word')\n",
  },
  {
    what: 'a long function in a test',
    file: 'test/unit/long.test.ts',
    code: `export function f(): number {\n  let a = 0\n${lines(60, () => '  a += 1')}\n  return a\n}\n`,
  },
  {
    what: 'a test importing a program',
    file: 'test/unit/import.test.ts',
    code: "import { word } from '../../router/mesh/word.ts'\nexport const used = word\n",
  },
]

const plants = [...imports, ...words, ...faults, ...allowed]
const fired = new Map<string, string[]>()
let tree: string

async function plant({ file, code }: Plant): Promise<void> {
  const path = join(tree, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, code)
}

beforeAll(async () => {
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  tree = await mkdtemp(join(ROOT, 'dist', 'lint-'))
  for (const file of ['eslint.config.js', 'tsconfig.json']) await copyFile(join(ROOT, file), join(tree, file))
  for (const each of plants) await plant(each)
  const results = await new ESLint({ cwd: tree }).lintFiles('**/*.ts')
  for (const { filePath, messages } of results) {
    fired.set(filePath.slice(tree.length + 1), [...new Set(messages.map(({ ruleId, message }) => ruleId ?? message))])
  }
}, DEADLINE_MS)

afterAll(() => rm(tree, { recursive: true, force: true }))

describe('lint', () => {
  it.each(faults)('finds $what', ({ file, rule }) => {
    expect(fired.get(file)).toEqual([rule])
  })

  it.each([...words, ...allowed])('allows $what', ({ file }) => {
    expect(fired.get(file)).toEqual([])
  })

  it('keeps the import table, each pair of folders', () => {
    const expected = imports.map(({ what, rule }) => [what, rule === undefined ? [] : [rule]])
    expect(imports.map(({ what, file }) => [what, fired.get(file)])).toEqual(expected)
  })
})
