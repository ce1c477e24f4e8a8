import { expect, test } from 'vitest'
import { pemByPath, withInlineCredentials } from '../../../../controller/kubernetes/inline-credentials.ts'
import { credentialPaths } from '../../../../controller/kubernetes/site-objects.ts'
import type { EntityConfig } from '../../../../router/config/entities.ts'
import { diffEntities } from '../../../../router/config/entity-diff.ts'

const content = { ca: 'CA', certificate: 'CERT', key: 'KEY' }
const pems = pemByPath(new Map([['to-west', content]]))
const { ca, certificate, key } = credentialPaths('to-west', content)
const profile = (ordinal: number): EntityConfig => [
  'sslProfile',
  { name: 'to-west-profile', caCertFile: ca, certFile: certificate, privateKeyFile: key, ordinal },
]
const inline = { caCert: 'CA', cert: 'CERT', privateKey: 'KEY' }
const current = (ordinal: number) => ({ type: 'sslProfile', attributes: { ...profile(ordinal)[1] } }) as const

test('a profile that is made or renewed carries its credentials', () => {
  const desired = [profile(1)]
  const created = withInlineCredentials(diffEntities([], desired), desired, { pems, all: false })
  expect(created.create).toMatchObject([{ name: 'to-west-profile', attributes: { ordinal: 1, ...inline } }])
  const renewed = withInlineCredentials(diffEntities([current(0)], desired), desired, { pems, all: false })
  expect(renewed.update).toMatchObject([{ attributes: { ordinal: 1, ...inline } }])
})

test('a router that has just come up is given all, one in step nothing', () => {
  const desired = [profile(1)]
  const plan = diffEntities([current(1)], desired)
  expect(withInlineCredentials(plan, desired, { pems, all: true }).update).toEqual([
    { type: 'sslProfile', name: 'to-west-profile', attributes: inline },
  ])
  expect(withInlineCredentials(plan, desired, { pems, all: false })).toEqual(plan)
})
