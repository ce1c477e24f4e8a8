import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { anotherNamespace, CLUSTERS, sharedNamespaces } from '../support/cluster/clusters.ts'
import { nodeAddress, type ClusterNamespace } from '../support/cluster/kubectl.ts'
import { authorityOf, callTls, issuedFor, testAuthority, tlsSecret } from '../support/cluster/tls.ts'
import { steadyLoad } from '../support/cluster/steady-load.ts'
import { deployment, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'

const MANIFESTS = join(import.meta.dirname, '../../manifests')
/** The address in samples, which leads nowhere: it is one for documentation. */
const SOUTH = '203.0.113.10'
const ANSWER_MS = 30_000
const WAIT = '--timeout=60s'

const sample = (name: string): Promise<string> => readFile(join(MANIFESTS, 'samples', `${name}.yaml`), 'utf8')

const resource = (kind: string, name: string, spec: object): string =>
  `---\n${stringify({ apiVersion: 'skupper.io/v2alpha1', kind, metadata: { name }, spec })}`

/** A site that only YAML made, without the command line. */
async function siteByYaml(place: ClusterNamespace, yaml: string): Promise<void> {
  await place.kubectl(['apply', '-k', join(MANIFESTS, 'crds')])
  await place.kubectl(['apply', '-f', '-'], await readFile(join(MANIFESTS, 'site/controller.yaml'), 'utf8'))
  await place.kubectl(['apply', '-f', '-'], yaml)
}

const waitFor = (place: ClusterNamespace, condition: string, ...of: string[]): Promise<string> =>
  place.kubectl(['wait', `--for=condition=${condition}`, ...of, WAIT])

async function statusOf(place: ClusterNamespace, kind: string, name: string): Promise<Record<string, unknown>> {
  const { status = {} } = JSON.parse(await place.kubectl(['get', kind, name, '-o', 'json'])) as {
    status?: Record<string, unknown>
  }
  return status
}

/** South grants and is linked to as `access.yaml` says; north is `two-tier.yaml` and links by `link-by-hand.yaml`. */
async function linkedBySamples([south, north]: ClusterNamespace[]) {
  if (south === undefined || north === undefined) throw new Error('two clusters are needed')
  const host = await nodeAddress(south)
  await Promise.all([
    south
      .skupperOk('init', '--site-name', 'south', '--ingress-host', host)
      .then(async () => south.kubectl(['apply', '-f', '-'], await sample('access'))),
    siteByYaml(north, await sample('two-tier')),
  ])
  await Promise.all([
    waitFor(north, 'Ready', 'site/north'),
    waitFor(south, 'Ready', 'routeraccess/second-entrance'),
    south.apply(FRONTEND),
    north.apply(FRONTEND),
  ])
  const entrance = (await statusOf(south, 'routeraccess', 'second-entrance'))['endpoints'] as { port: string }[]
  const link = (await sample('link-by-hand')).replaceAll(SOUTH, host).replace("'55671'", `'${entrance[0]?.port ?? ''}'`)
  const carried = await issuedFor(await authorityOf(south))
  await north.kubectl(['apply', '-f', '-'], `${link}${tlsSecret('to-south', carried)}`)
  await waitFor(north, 'Ready', 'link/to-south')
  return { south, north, authority: await testAuthority() }
}

describe.skipIf(CLUSTERS.length < 2)('the samples', () => {
  const sites = sharedNamespaces(2, linkedBySamples)

  test('link-by-hand: a link over credentials that were carried over', async () => {
    const { south, north } = sites()
    expect(await north.skupperOk('link', 'status')).toBe('Link to-south is connected\n')
    await eventually(
      async () => (await south.skupperOk('link', 'status')).includes('Incoming link from north is connected\n'),
      { deadlineMs: ANSWER_MS },
    )
    const { conditions } = (await statusOf(north, 'link', 'to-south')) as {
      conditions: { type: string; message: string }[]
    }
    expect(conditions.find(({ type }) => type === 'Configured')?.message).toContain('proxy-configuration has no effect')
  })

  test('two-tier: pods by their labels, ready or not as it says', async () => {
    const { south, north } = sites()
    const orders = { name: 'orders', image: 'backend', replicas: 2, port: 8080 }
    await Promise.all([
      north.apply(deployment({ ...orders, podLabels: 'app: orders, tier: backend' })),
      north.apply(deployment({ ...orders, name: 'others', podLabels: 'app: orders, tier: frontend' })),
      south.kubectl(
        ['apply', '-f', '-'],
        resource('Listener', 'orders', { routingKey: 'orders', host: 'orders', port: 80 }),
      ),
    ])
    expect(await south.curlUntilAnswered('http://orders/', ANSWER_MS)).toMatch(/^orders-/)
    const answers = await Promise.all(Array.from({ length: 10 }, () => south.curl('http://orders/')))
    expect(new Set(answers).size).toBe(2)
    expect(answers.filter((name) => !name.startsWith('orders-'))).toEqual([])
    await waitFor(north, 'Ready', 'connector/orders')
  })

  test('two-tier: a server by its host name, over TLS with a certificate of ours', async () => {
    const { south, north, authority } = sites()
    const ledger = {
      name: 'ledger',
      image: 'backend',
      replicas: 1,
      port: 5432,
      speaks: 'https',
      tls: 'server',
    } as const
    const service =
      '---\napiVersion: v1\nkind: Service\nmetadata: {name: ledger}\nspec: {selector: {app: ledger}, ports: [{port: 5432}]}\n'
    await north.apply(
      tlsSecret('server', await issuedFor(authority, 'ledger')) +
        tlsSecret('ledger-tls', await issuedFor(authority)) +
        deployment(ledger) +
        service,
    )
    await south.apply(resource('Listener', 'ledger', { routingKey: 'ledger.v1', host: 'ledger', port: 5432 }))
    expect(await south.curlUntilAnswered('http://ledger:5432/', ANSWER_MS)).toMatch(/^ledger-/)
  })

  test('two-tier: an entry that speaks TLS, for a server elsewhere', async () => {
    const { south, north, authority } = sites()
    const credentials = await issuedFor(authority, 'stock')
    await Promise.all([
      north.apply(tlsSecret('stock-tls', credentials)),
      south.apply(
        deployment({ name: 'stock', image: 'backend', replicas: 1, port: 9090 }) +
          resource('Connector', 'stock', { routingKey: 'stock', port: 9090, selector: 'app=stock' }),
      ),
    ])
    const client = { ca: credentials.ca }
    expect(await eventually(() => callTls(north, 'https://stock:9090/', client), { deadlineMs: ANSWER_MS })).toMatch(
      /^stock-/,
    )
    await expect(callTls(north, 'https://stock:9090/', { ca: (await authorityOf(south)).trust })).rejects.toThrow(
      'self-signed certificate in certificate chain',
    )
    await waitFor(north, 'Ready', 'listener/stock')
  })

  test('several-keys: the first key that is served, then the next; by TLS, for clients with a certificate', async () => {
    const { south, north, authority } = sites()
    const credentials = await issuedFor(authority, 'shop')
    const served = (name: string) =>
      deployment({ name, image: 'backend', replicas: 1, port: 8080 }) +
      resource('Connector', name, { routingKey: name, port: 8080, selector: `app=${name}` })
    await Promise.all([
      south.apply((await sample('several-keys')) + tlsSecret('shop-tls', credentials)),
      north.apply(['shop-east', 'shop-west', 'search-blue', 'search-green'].map(served).join('')),
    ])
    const shop = () => callTls(south, 'https://shop:8080/', credentials)
    await eventually(async () => (await shop()).startsWith('shop-east-'), { deadlineMs: ANSWER_MS })
    await expect(callTls(south, 'https://shop:8080/', { ca: credentials.ca })).rejects.toThrow()
    await north.kubectl(['delete', 'connector', 'shop-east'])
    await eventually(async () => (await shop()).startsWith('shop-west-'), { deadlineMs: ANSWER_MS })
    expect(await statusOf(south, 'multikeylistener', 'shop')).toMatchObject({ hasDestination: true })
  })

  test('several-keys: each key has its share', async () => {
    const { south } = sites()
    const search = 'http://search:9200/'
    await eventually(async () => (await south.curl(search)).startsWith('search-'), { deadlineMs: ANSWER_MS })
    const { servers } = await steadyLoad(south, search, { seconds: 4 })
    const of = (key: string) =>
      Object.entries(servers).reduce((sum, [name, n]) => sum + (name.startsWith(key) ? n : 0), 0)
    expect(of('search-green')).toBeGreaterThan(0)
    expect(of('search-blue') / of('search-green')).toBeGreaterThan(4)
  })

  test('access: a grant gives what a token is made of, and the token links', async () => {
    const { south, north } = sites()
    const { url, code, ca } = (await statusOf(south, 'accessgrant', 'for-partners')) as Record<string, string>
    const partner = await anotherNamespace(north)
    await siteByYaml(
      partner,
      resource('Site', 'partner', {}) + resource('AccessToken', 'south', { url, code, ca, linkCost: 2 }),
    )
    await waitFor(partner, 'Redeemed', 'accesstoken/south')
    await eventually(async () => (await partner.skupperOk('link', 'status')).includes('Link south is connected'), {
      deadlineMs: ANSWER_MS,
    })
    expect(await statusOf(south, 'accessgrant', 'for-partners')).toMatchObject({ redemptions: 1 })
    expect(await statusOf(south, 'accessgrant', 'all-defaults')).toMatchObject({
      url: expect.stringContaining('https://') as string,
    })
  })

  test('access: a token that is none says so, and harms nothing', async () => {
    const { south } = sites()
    const { conditions } = (await statusOf(south, 'accesstoken', 'from-south')) as {
      conditions: { type: string; status: string; message: string }[]
    }
    const redeemed = conditions.find(({ type }) => type === 'Redeemed')
    expect(redeemed?.status).toBe('False')
    expect(redeemed?.message).not.toBe('')
    await waitFor(south, 'Ready', 'site/south')
  })
})
