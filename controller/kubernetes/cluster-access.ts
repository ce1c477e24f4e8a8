import { DEFAULT_ROLE_PORTS } from '../../core/model/router-access.ts'
import { settingOf } from '../../core/model/settings.ts'
import { capabilitiesOf } from '../../router/config/engine-capabilities.ts'
import type { DefaultAccess } from '../site/premises.ts'
import { accessType } from './ways-in.ts'

/** As Skupper v2 has it: both roles, where the router's engine knows the role edge. */
export const clusterAccess: DefaultAccess = (site) => {
  const { edge } = capabilitiesOf(settingOf(site, 'router-engine'))
  const asked = site.spec.linkAccess ?? ''
  return {
    roles: [
      { name: 'inter-router', port: DEFAULT_ROLE_PORTS['inter-router'] },
      ...(edge ? [{ name: 'edge' as const, port: DEFAULT_ROLE_PORTS.edge }] : []),
    ],
    accessType: accessType({ accessType: asked }, site),
  }
}
