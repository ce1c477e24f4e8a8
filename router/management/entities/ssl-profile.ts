import { SkupperError } from '../../../core/model/error.ts'
import { loadTls } from '../../tls/tls-files.ts'
import type { SslProfileAttributes } from '../../tls/tls-files.ts'
import type { SslProfiles } from '../../tls/ssl-profiles.ts'
import { configuredType } from '../configured-type.ts'
import type { EntityType } from '../entity-type.ts'
import { refuseSet } from './unsupported.ts'

/** Certificates from files: read and tried at CREATE and at each UPDATE, which replaces them only if they are good. */
export function sslProfileType(profiles: SslProfiles): EntityType {
  return configuredType({
    type: 'sslProfile',
    updatable: ['caCertFile', 'certFile', 'privateKeyFile', 'password', 'ordinal', 'oldestValidOrdinal'],
    secrets: ['password'],
    start: async (attributes) => {
      const { name } = attributes
      await load(attributes)
      return {
        update: load,
        close: () => {
          profiles.delete(name)
        },
      }
    },
  })

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
