import { inject } from 'vitest'
import { SKROUTERD } from './skrouterd.ts'

/** Which router the sites of a test run: vitest.config.ts says it for each project. */
export type EngineName = 'built-in' | 'skupper-router'

declare module 'vitest' {
  interface ProvidedContext {
    engine: EngineName
  }
}

/** The engine of this run, as a Site's settings say it. */
export function engineSettings(): Record<string, string> {
  return isBuiltIn() ? {} : { 'router-engine': 'skupper-router', 'router-binary': SKROUTERD }
}

/** The engine of this run, as flags of `init`. */
export function engineFlags(): string[] {
  return Object.entries(engineSettings()).flatMap(([name, value]) => [`--${name}`, value])
}

/** True where the sites of this run have our own router. */
export function isBuiltIn(): boolean {
  return inject('engine') === 'built-in'
}
