import { defineConfig } from 'vitest/config'

interface Project {
  name: string
  /** Milliseconds. */
  testTimeout: number
  /** False runs the files of a worker in one process: they are up sooner, and may leave nothing behind. */
  isolate?: boolean
}

const project = ({ name, testTimeout, isolate = true }: Project) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    pool: 'forks' as const,
    isolate,
  },
})

export default defineConfig({
  test: {
    // Integration tests wait for processes most of the time: more of them than cores run side by side.
    maxWorkers: 3,
    projects: [
      project({ name: 'unit', testTimeout: 20_000, isolate: false }),
      project({ name: 'contract', testTimeout: 30_000 }),
      project({ name: 'integration', testTimeout: 60_000 }),
      project({ name: 'cluster', testTimeout: 300_000 }),
    ],
  },
})
