import type { CurrentEntity, EntityChange } from './entity-diff.ts'

const DEFAULT_MODULE = 'DEFAULT'
/** What the module DEFAULT logs where nobody says anything. */
const USUAL = 'info+'

/**
 * How to bring the logs of a router from what it reports to `desired`. Modules are never made and never go: one that
 * nobody wants anything of any more logs by default again, and one that a router does not have is left out.
 */
export function logChanges(current: readonly CurrentEntity[], desired: readonly CurrentEntity[]): EntityChange[] {
  const wanted = new Map(desired.filter(isLog).map(({ attributes: { module, enable } }) => [module, String(enable)]))
  return current.filter(isLog).flatMap(({ attributes: { module, name, enable: reported } }): EntityChange[] => {
    const enable = wanted.get(module) ?? unset(module)
    const isAsWanted = enable === reported || (!wanted.has(module) && isUnset(reported))
    return isAsWanted || typeof name !== 'string' ? [] : [{ type: 'log', name, attributes: { enable } }]
  })
}

const isLog = ({ type }: CurrentEntity): boolean => type === 'log'
const unset = (module: unknown): string => (module === DEFAULT_MODULE ? USUAL : 'default')
const isUnset = (enable: unknown): boolean => enable === undefined || enable === null || enable === 'default'
