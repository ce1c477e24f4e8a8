import { stat } from 'node:fs/promises'
import { optional } from '../../core/store/file-error.ts'
import type { SiteIdentity } from '../site/site-identity.ts'
import { SiteKeeper, type SiteKeeperOptions } from '../site/site-keeper.ts'
import { machineAccess } from './machine-access.ts'
import { MachinePremises, type MachineOptions } from './machine-premises.ts'

export interface SupervisorOptions
  extends MachineOptions, Pick<SiteKeeperOptions, 'namespace' | 'version' | 'clock' | 'onGone'> {
  readonly platform: string
}

/** Keeps the site of a namespace's directory running on this machine. */
export function superviseSite(options: SupervisorOptions): SiteKeeper {
  const { store } = options
  const keeper = new SiteKeeper({
    ...options,
    premises: (identity: SiteIdentity, events) => new MachinePremises(options, identity, events),
    defaultAccess: machineAccess,
    ground: async () => ({ kind: (await optional(stat(store.path()))) === undefined ? 'gone' : 'ours' }),
    onVacant: () => Promise.resolve(),
  })
  keeper.start()
  return keeper
}
