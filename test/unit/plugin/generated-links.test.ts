import { expect, test } from 'vitest'
import { generatedLinks } from '../../../plugin/generated-links.ts'
import { routerAccess } from '../../support/machine-resources.ts'

const WISH = { name: 'link-east', cost: 3, tlsCredentials: 'link-east' }
const endpoint = (name: string, port: string, group?: string) => ({ name, host: 'east.example', port, group })

test('each router is a Link of its own, with what can be dialled', () => {
  const roles = [{ name: 'inter-router' as const }, { name: 'edge' as const }]
  const access = routerAccess('skupper-router', { roles, subjectAlternativeNames: [] })
  const endpoints = [
    endpoint('inter-router', '55671', 'a'),
    endpoint('edge', '45671', 'a'),
    endpoint('inter-router', '55672', 'b'),
    endpoint('claims', '8081', 'b'),
  ]
  expect(generatedLinks([{ ...access, status: { endpoints } }], WISH)).toMatchObject([
    {
      kind: 'Link',
      metadata: { name: 'link-east' },
      spec: { cost: 3, tlsCredentials: 'link-east', endpoints: endpoints.slice(0, 2) },
    },
    { metadata: { name: 'link-east-2' }, spec: { tlsCredentials: 'link-east', endpoints: [endpoints[2]] } },
  ])
})

test('nothing to dial is no Link', () => {
  expect(generatedLinks([routerAccess('skupper-router', { roles: [] })], WISH)).toEqual([])
})
