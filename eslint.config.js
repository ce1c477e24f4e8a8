import tseslint from 'typescript-eslint'
import importX, { createNodeResolver } from 'eslint-plugin-import-x'

// Who may import whom. A folder may always import itself; tests may import everything.
// An entry may be a folder or one file. A program is never imported by another, save its files named here.
const may = {
  'core/model': [],
  'core/memory': [],
  'core/pki': ['core/model'],
  'core/kube': ['core/model'],
  'core/store': ['core/model'],
  router: ['core/model', 'core/pki', 'core/memory'],
  webhook: ['core/model', 'core/pki', 'core/kube', 'core/memory', 'router/config'],
  controller: ['core', 'router/config', 'router/amqp', 'router/management/client.ts', 'router/telemetry/records.ts'],
  plugin: ['core', 'router/config', 'router/management/client.ts'],
  console: [
    'core/model',
    'core/kube',
    'router/config',
    'router/amqp',
    'router/management/client.ts',
    'router/telemetry/records.ts',
  ],
  test: ['core', 'router', 'webhook', 'controller', 'plugin', 'console'],
}

const folders = Object.keys(may)
const allows = (target, from) => may[target].some((ok) => from === ok || from.startsWith(`${ok}/`))
const zones = folders.flatMap((target) =>
  folders
    .filter((from) => from !== target && !allows(target, from))
    .map((from) => ({
      target: `./${target}`,
      from: `./${from}`,
      except: may[target].filter((ok) => ok.startsWith(`${from}/`)).map((ok) => `./${ok.slice(from.length + 1)}`),
      message: `${target} may import: ${['itself', ...may[target]].join(', ')}.`,
    })),
)

const notHere = (pattern, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ group: pattern, message }] }],
})

export default tseslint.config(
  { ignores: ['dist'] },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: {
      // Without this parser line no-cycle finds nothing in .ts files and says nothing about it.
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 3],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['core/model/**'],
    rules: notHere(['node:*', '@kubernetes/*'], 'core/model is pure: no I/O, no cluster types.'),
  },
  {
    files: ['router/**'],
    rules: notHere(['@kubernetes/*'], 'The router runs without a cluster: it reads its config file.'),
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/main.ts', 'test/**', '**/*.config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read the environment in main.ts and pass an options object.' },
        {
          object: 'process',
          property: 'exit',
          message: 'Only main.ts ends the process; elsewhere throw, or abort the signal.',
        },
      ],
    },
  },
  { files: ['**/*.ts'], ignores: ['plugin/**', 'test/**', '**/main.ts'], rules: { 'no-console': 'error' } },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' } },
  { files: ['**/*.js', '**/*.mjs', '**/*.config.ts'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
)
