import { isDuration, parseDuration } from './duration.ts'
import { host as hostSchema } from './field-schemas.ts'
import { parseLabels } from './labels.ts'

/** One key that may stand under `spec.settings`. Keys that are not in the table are kept and ignored, as in Skupper v2. */
export interface Setting {
  key: string
  kinds: readonly SettingsKind[]
  /** What counts where the key is absent. */
  default: string
  /** What a value may be, for messages and for the documentation. */
  wanted: string
  meaning: string
  accepts: (value: string) => boolean
}

export type SettingsKind = 'AccessGrant' | 'AccessToken' | 'Connector' | 'Link' | 'Listener' | 'RouterAccess' | 'Site'

/** With less there is no time to renew. */
const MIN_VALIDITY_MS = 30_000

const PROGRAM = /^[ -~]{1,4096}$/

export const isFlag = (value: string): boolean => value === 'true' || value === 'false'
export const isHost = (value: string): boolean => hostSchema.safeParse(value).success
export const isValidity = (value: string): boolean => isDuration(value) && parseDuration(value) >= MIN_VALIDITY_MS
export const isLabels = (value: string): boolean => value === '' || parseLabels(value) !== undefined
export const isProgram = (value: string): boolean => PROGRAM.test(value)
export const isRevisions = (value: string): boolean => /^\d{1,3}$/.test(value)
export const among =
  (...words: string[]) =>
  (value: string): boolean =>
    words.includes(value)
