import { DEFAULT_ROLE_PORTS } from '../../core/model/router-access.ts'
import type { DefaultAccess } from '../site/premises.ts'
import { accessType } from './ways-in.ts'

/** As Skupper v2 has it: both roles, reached as the Site's linkAccess says. */
export const clusterAccess: DefaultAccess = (site) => ({
  roles: [
    { name: 'inter-router', port: DEFAULT_ROLE_PORTS['inter-router'] },
    { name: 'edge', port: DEFAULT_ROLE_PORTS.edge },
  ],
  accessType: accessType({}, site),
})
