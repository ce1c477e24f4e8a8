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
    refuseSet(`sslProfile ${attributes.name}`, attributes, ['ciphers', 'protocols', 'uidFormat'])
    profiles.put(attributes.name, await loadTls(attributes))
  }
}
