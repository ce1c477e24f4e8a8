import type { Listener } from '../../core/model/listener.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'
import { isSynced } from '../exposure.ts'
import { changeLine } from '../site-flags.ts'

/** Listeners that go with the site to another address, and a line for each. */
export interface MovedListeners {
  readonly listeners: readonly Listener[]
  readonly changes: readonly string[]
}

/** The listeners that were bound to the site's listen-host follow it; those that a user bound elsewhere stay. */
export function movedListeners(listeners: readonly Listener[], before: Site, after: Site): MovedListeners {
  const [from, to] = [settingOf(before, 'listen-host'), settingOf(after, 'listen-host')]
  const moving = listeners.filter((listener) => from !== to && listener.spec.host === from && !isSynced(listener))
  return {
    listeners: moving.map((listener) => ({ ...listener, spec: { ...listener.spec, host: to } })),
    changes: moving.flatMap(({ metadata }) => changeLine(`listener ${metadata.name}`, from, to)),
  }
}
