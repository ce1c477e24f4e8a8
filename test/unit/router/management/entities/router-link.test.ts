import { expect, test } from 'vitest'
import { routerLinkType } from '../../../../../router/management/entities/router-link.ts'

test('links of the same name on two connections have identities of their own', () => {
  const link = { name: 'l', dir: 'in', type: 'endpoint', address: 'web', unsettled: undefined } as const
  const type = routerLinkType({ links: () => [1, 2].map((connectionId) => ({ ...link, connectionId })) })
  expect(type.list()).toMatchObject([
    { identity: '1/in/l', linkName: 'l', linkDir: 'in', owningAddr: 'web', connectionId: '1' },
    { identity: '2/in/l' },
  ])
})
