import { defineConfig } from 'vitest/config'

interface Project {
  name: string
  /** Milliseconds. */
  testTimeout: number
  /** False runs the files of a worker in one process: they are up sooner, and may leave nothing behind. */
  isolate?: boolean
  /** True runs one file at a time, and not beside other projects. */
  inTurn?: boolean
  /** Where that is not the folder of the project's name. */
  include?: string[]
  /** The router that sites of its tests run. */
  engine?: 'built-in' | 'skupper-router'
}

/** What holds whichever router a site runs: sites as users have them. The same files run with both. */
const ON_BOTH_ENGINES = [
  'test/integration/site-*.test.ts',
  'test/integration/cli-{guide,edge-site,revoke-access}.test.ts',
]

const project = ({ name, testTimeout, isolate = true, inTurn = false, ...rest }: Project) => ({
  test: {
    name,
    include: rest.include ?? [`test/${name}/**/*.test.ts`],
    provide: { engine: rest.engine ?? 'built-in' },
    setupFiles: rest.engine === 'skupper-router' ? ['test/support/skip-without-skrouterd.ts'] : [],
    testTimeout,
    hookTimeout: testTimeout,
    pool: 'forks' as const,
    isolate,
    // Where a whole machine is busy with one run, a lost race is not worth another run.
    retry: process.env['CI'] === undefined || name === 'unit' ? 0 : 1,
    ...(inTurn ? { fileParallelism: false, sequence: { groupOrder: 1 } } : {}),
  },
})

export default defineConfig({
  test: {
    // Integration tests wait for processes most of the time: more of them than cores run side by side.
    maxWorkers: 3,
    projects: [
      project({ name: 'unit', testTimeout: 20_000, isolate: false }),
      // They share one API server, and a webhook of one file has its say on the objects of all.
      project({ name: 'contract', testTimeout: 30_000, inTurn: true }),
      project({ name: 'integration', testTimeout: 60_000 }),
      project({ name: 'skupper-router', engine: 'skupper-router', include: ON_BOTH_ENGINES, testTimeout: 120_000 }),
      // Policies of one file hold for the clusters of all.
      project({ name: 'cluster', testTimeout: 300_000, inTurn: true }),
    ],
  },
})
