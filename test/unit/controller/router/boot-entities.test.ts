import { expect, test } from 'vitest'
import { bootEntities } from '../../../../controller/router/boot-entities.ts'
import type { EntityConfig } from '../../../../router/config/entities.ts'

const NEEDED: EntityConfig[] = [
  ['router', { id: 'east-1' }],
  ['site', { name: 'east' }],
  ['address', { prefix: 'mc', distribution: 'multicast' }],
  ['log', { module: 'ROUTER_CORE', enable: 'error+' }],
  ['sslProfile', { name: 'skupper-local-server' }],
  ['listener', { name: 'skupper-local-normal', role: 'normal', port: '5671' }],
]

test('keeps what a router needs to run, and nothing that one resource may have wrong', () => {
  const others: EntityConfig[] = [
    ['sslProfile', { name: 'to-west-profile' }],
    ['listener', { name: 'skupper-router-inter-router', role: 'inter-router', port: '55671' }],
    ['connector', { name: 'to-west', role: 'inter-router' }],
    ['tcpListener', { name: 'listener/a', address: 'a:1', port: '1' }],
    ['tcpConnector', { name: 'connector/a@h', address: 'a:1', port: '1' }],
  ]
  expect(bootEntities([...NEEDED, ...others])).toEqual(NEEDED)
})
