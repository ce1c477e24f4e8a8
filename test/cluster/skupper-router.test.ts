import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLUSTERS, sharedNamespaces } from '../support/cluster/clusters.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { deployment, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** An image of skupper-router that both clusters have. */
const IMAGE = process.env['SKUPPER_ROUTER_IMAGE'] ?? ''
const ANSWER_MS = 60_000
const ROUTER = 'deployment/skupper-router'

/** A site on skupper-router, and one on our own router. */
async function twoEngines([foreign, own]: ClusterNamespace[]) {
  if (foreign === undefined || own === undefined) throw new Error('two clusters are needed')
  await Promise.all([
    foreign.skupperOk('init', '--site-name', 'foreign', '--router-engine', 'skupper-router', '--router-image', IMAGE),
    own.skupperOk('init', '--site-name', 'own'),
    foreign.apply(FRONTEND + deployment({ name: 'in-foreign', image: 'backend', replicas: 1, port: 8080 })),
    own.apply(FRONTEND + deployment({ name: 'in-own', image: 'backend', replicas: 1, port: 8080 })),
  ])
  await Promise.all([
    foreign.skupperOk('expose', 'deployment/in-foreign', '--port', '8080', '--protocol', 'tcp'),
    own.skupperOk('expose', 'deployment/in-own', '--port', '8080', '--protocol', 'tcp'),
  ])
  return { foreign, own }
}

async function calledBothWays({ foreign, own }: { foreign: ClusterNamespace; own: ClusterNamespace }): Promise<void> {
  expect(await foreign.curlUntilAnswered('http://in-own:8080/', ANSWER_MS)).toMatch(/^in-own-/)
  expect(await own.curlUntilAnswered('http://in-foreign:8080/', ANSWER_MS)).toMatch(/^in-foreign-/)
}

async function linked(from: ClusterNamespace, to: ClusterNamespace, name: string): Promise<void> {
  const token = join(await temporaryDirectory(), 'token.yaml')
  await to.skupperOk('token', 'create', token)
  await from.skupperOk('link', 'create', token, '--name', name)
  expect(await from.skupperOk('link', 'status')).toContain(`Link ${name} is connected\n`)
}

describe.skipIf(CLUSTERS.length < 2 || IMAGE === '')('a site on skupper-router', () => {
  const sites = sharedNamespaces(2, twoEngines)

  test('is linked to by one on our own router; services go both ways', async () => {
    const { foreign, own } = sites()
    expect(await foreign.kubectl(['get', ROUTER, '-o', 'jsonpath={.spec.template.spec.containers[0].image}'])).toBe(
      IMAGE,
    )
    await linked(own, foreign, 'to-foreign')
    await calledBothWays(sites())
    await own.skupperOk('link', 'delete', 'to-foreign')
  })

  test('links to one on our own router; services go both ways', async () => {
    const { foreign, own } = sites()
    await linked(foreign, own, 'to-own')
    await calledBothWays(sites())
    await eventually(
      async () => {
        expect(await own.skupperOk('link', 'status')).toBe('Incoming link from foreign is connected\n')
        expect(await own.skupperOk('status')).toContain('It is connected to 1 other site.')
        return true
      },
      { deadlineMs: ANSWER_MS },
    )
  })

  test('logs what it is told to, without a new pod', async () => {
    const { foreign } = sites()
    const pod = () => foreign.kubectl(['get', 'pod', '-l', 'application=skupper-router', '-o', 'name'])
    const before = await pod()
    expect(await foreign.skupperOk('init', '--router-logging', 'PROTOCOL:debug+')).toContain('router-logging: ')
    await eventually(async () => (await foreign.kubectl(['logs', ROUTER])).includes('PROTOCOL (debug)'), {
      deadlineMs: ANSWER_MS,
    })
    expect(await pod()).toBe(before)
  })
})
