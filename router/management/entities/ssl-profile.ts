import { SkupperError } from '../../../core/model/error.ts'
import { INLINE_TLS } from '../../config/entities.ts'
import { FINGERPRINT_ATTRIBUTES, tlsFingerprints } from '../../config/tls-fingerprints.ts'
import { loadTls } from '../../tls/tls-files.ts'
import type { SslProfileAttributes } from '../../tls/tls-files.ts'
import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import { configuredType } from '../configured-type.ts'
import type { EntityType } from '../entity-type.ts'
import { refuseSet } from './unsupported.ts'

export interface SslProfileOptions {
  readonly profiles: SslProfiles
  /** Whether the router may do without this profile until management brings it. */
  readonly mayBeMissing: (name: string) => boolean
  readonly log: { warn(facts: object, message: string): void }
}

const FILES = ['caCertFile', 'certFile', 'privateKeyFile'] as const
const UNUSABLE: readonly string[] = ['config/unreadable-file', 'config/bad-certificate']

/**
 * Certificates from files or as texts: tried at CREATE and at each UPDATE, which replaces them only if they are good.
 */
export function sslProfileType({ profiles, mayBeMissing, log }: SslProfileOptions): EntityType {
  return configuredType({
    type: 'sslProfile',
    updatable: [...FILES, ...INLINE_TLS, 'password', 'ordinal', 'oldestValidOrdinal', 'revokedKeys'],
    secrets: ['password', ...INLINE_TLS],
    statusAttributes: FINGERPRINT_ATTRIBUTES,
    start: async (attributes) => {
      const { name } = attributes
      await loadOrMiss(attributes)
      return {
        status: () => ({ ...tlsFingerprints(profiles.material(name) ?? {}) }),
        update: load,
        close: () => {
          profiles.delete(name)
        },
      }
    },
  })

  async function loadOrMiss(attributes: SslProfileAttributes): Promise<void> {
    const { name } = attributes
    try {
      await load(attributes)
    } catch (error) {
      const isUnusable = error instanceof SkupperError && UNUSABLE.includes(error.code)
      if (!isUnusable || !mayBeMissing(name)) throw error
      log.warn({ sslProfile: name, code: error.code }, `${error.message}; waiting for it over management`)
      profiles.putMissing(name, error)
    }
  }

  async function load(attributes: SslProfileAttributes): Promise<void> {
    const { name, ordinal, oldestValidOrdinal } = attributes
    refuseSet(`sslProfile ${name}`, attributes, ['ciphers', 'protocols', 'uidFormat'])
    if (oldestValidOrdinal > ordinal) {
      const wanted = `at most the ordinal, which is ${String(ordinal)}`
      const message = `sslProfile ${name}: oldestValidOrdinal is ${String(oldestValidOrdinal)}; wanted ${wanted}`
      throw new SkupperError('config/invalid-attribute', message, { given: oldestValidOrdinal, wanted })
    }
    profiles.put(name, await loadTls(attributes), oldestValidOrdinal)
  }
}
