import { beforeEach } from 'vitest'
import { SKROUTERD } from './skrouterd.ts'

// The set-up of the project that runs sites with skupper-router: without one there is nothing to run.
beforeEach((context) => {
  context.skip(SKROUTERD === '', 'SKROUTERD names no skrouterd')
})
