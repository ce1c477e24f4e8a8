import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { installCrds } from '../../core/kube/crds.ts'
import { errorCode } from '../../core/kube/errors.ts'
import { connect } from '../../core/kube/kube-config.ts'
import { isKubeObject, type KubeObject } from '../../core/kube/kube-object.ts'
import { CUSTOM_RESOURCE_DEFINITION, MODEL_TYPES, typeOf } from '../../core/kube/resource-types.ts'
import { messageOf } from '../../core/model/error.ts'
import { parseResource } from '../../core/model/resource.ts'
import { clusterClient, KUBECONFIG, namespaceClient } from '../support/kube-cluster.ts'

const SAMPLES = join(import.meta.dirname, '../../manifests/samples')

function object(kind: string, spec: object): KubeObject {
  return { apiVersion: 'skupper.io/v2alpha1', kind, metadata: { name: 'one' }, spec }
}

async function samples(): Promise<KubeObject[]> {
  const files = (await readdir(SAMPLES)).filter((name) => name.endsWith('.yaml'))
  const texts = await Promise.all(files.map((name) => readFile(join(SAMPLES, name), 'utf8')))
  const documents = texts.flatMap((text) => parseAllDocuments(text)).map((document): unknown => document.toJS())
  return documents.filter(isKubeObject)
}

const KEY = { routingKey: 'a', port: 80 }
const ENTRY = { host: 'a', port: 80 }
const ENDPOINT = { name: 'inter-router', host: 'a.example', port: '55671' }
const TOKEN = { url: 'https://a.example', code: 'c', ca: 'x' }
const INVALID: readonly (readonly [string, object, RegExp])[] = [
  ['Listener', { ...KEY, host: 'a', port: 0 }, /spec\.port.*greater than or equal to 1/],
  ['Listener', { ...KEY, host: 'a', port: 70_000 }, /spec\.port.*65535/],
  ['Listener', { ...KEY, host: 'a', routingKey: 'mc/a' }, /must not start with "mc\/"/],
  ['Listener', { ...KEY, host: 'a', routingKey: '$management' }, /spec\.routingKey/],
  ['Listener', { port: 80, host: 'a' }, /spec\.routingKey.*[Rr]equired/],
  ['Listener', { ...KEY, host: 'a', observer: 'everything' }, /spec\.observer.*"auto", "none", "http1", "http2"/],
  ['Connector', KEY, /exactly one of host and selector/],
  ['Connector', { ...KEY, host: 'a', selector: 'app=a' }, /exactly one of host and selector/],
  ['MultiKeyListener', { ...ENTRY, strategy: {} }, /exactly one of priority and weighted/],
  ['MultiKeyListener', { ...ENTRY, strategy: { priority: { routingKeys: [] } } }, /routingKeys/],
  ['MultiKeyListener', { ...ENTRY, strategy: { weighted: { routingKeys: { 'mc/a': 1 } } } }, /"mc\/"/],
  ['MultiKeyListener', { ...ENTRY, strategy: { weighted: { routingKeys: { a: -1 } } } }, /routingKeys/],
  ['Link', { endpoints: [ENDPOINT], cost: -1 }, /spec\.cost/],
  ['Link', { endpoints: [] }, /spec\.endpoints/],
  ['Link', { endpoints: [{ ...ENDPOINT, port: '70000' }] }, /port must be from "1" to "65535"/],
  ['Link', { endpoints: [{ ...ENDPOINT, port: 'https' }] }, /spec\.endpoints\[0\]\.port/],
  ['AccessGrant', { expirationWindow: 'soon' }, /must be a duration/],
  ['AccessToken', { ...TOKEN, url: 'http://a.example' }, /spec\.url/],
  [
    'RouterAccess',
    { tlsCredentials: 'a', roles: [{ name: 'edge' }, { name: 'edge' }] },
    /each role must be there once/,
  ],
  ['RouterAccess', { tlsCredentials: 'a', roles: [] }, /spec\.roles/],
]

describe.skipIf(KUBECONFIG === undefined)('CRDs', () => {
  beforeAll(async () => {
    const client = await connect({ kubeconfig: KUBECONFIG, fieldManager: 'skupper-test', env: {} })
    await installCrds(client)
    client.close()
  })

  test('those that are there are only reported', async () => {
    const client = await clusterClient()
    const before = await client.get(CUSTOM_RESOURCE_DEFINITION, 'sites.skupper.io')
    const reports = await installCrds(client)
    expect(reports).toHaveLength(9)
    expect(new Set(reports.map(({ outcome }) => outcome))).toEqual(new Set(['present']))
    const after = await client.get(CUSTOM_RESOURCE_DEFINITION, 'sites.skupper.io')
    expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion)
  })

  test('who may not install them is told what an administrator does', async () => {
    const client = await clusterClient({ as: 'system:serviceaccount:default:nobody' })
    const error: unknown = await installCrds(client).catch((thrown: unknown) => thrown)
    expect(errorCode(error)).toBe('kube/forbidden')
    expect(messageOf(error)).toContain('skupper crds | kubectl apply -f -')
  })

  test('every sample of Skupper v2 YAML is taken as it is, with all its fields', async () => {
    const client = await namespaceClient()
    const all = await samples()
    expect(new Set(all.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(7)
    for (const sample of all) {
      const created: KubeObject = await client.create({
        ...sample,
        metadata: { ...sample.metadata, namespace: client.namespace },
      })
      if (sample.kind === 'Secret') continue
      expect(created['spec']).toEqual(sample['spec'])
      const read = await client.get(typeOf(sample), sample.metadata.name)
      expect(parseResource(read).metadata.name).toBe(sample.metadata.name)
    }
  })

  test.for(INVALID)('%s %o is refused', async ([kind, spec, wanted]) => {
    const client = await clusterClient({ namespace: 'default' })
    const error: unknown = await client.apply(object(kind, spec)).catch((thrown: unknown) => thrown)
    expect(errorCode(error)).toBe('kube/invalid')
    expect(messageOf(error)).toMatch(wanted)
  })

  test('a MultiKeyListener has each key once, and keeps its kind of strategy', async () => {
    const client = await namespaceClient()
    const made = (strategy: object) => object('MultiKeyListener', { ...ENTRY, strategy })
    // Server-side apply answers 500 to a set with twins; whoever creates is told.
    const twins = client.create(made({ priority: { routingKeys: ['a', 'a'] } }))
    await expect(twins).rejects.toMatchObject({ code: 'kube/invalid' })
    await client.apply(made({ priority: { routingKeys: ['a'] } }))
    await client.apply(made({ priority: { routingKeys: ['b', 'a'] } }))
    const other = client.apply(made({ weighted: { routingKeys: { a: 1 } } }))
    await expect(other).rejects.toMatchObject({ code: 'kube/invalid' })
  })

  test('statuses of newer controllers keep fields that are not known here', async () => {
    const client = await namespaceClient()
    await client.apply(object('Site', {}))
    const status = {
      status: 'Ready',
      sitesInNetwork: 3,
      network: [{ id: 'a', links: [{ name: 'b', operational: true }], services: [{ routingKey: 'c' }] }],
      endpoints: [{ name: 'edge', host: 'h', port: '1', group: 'skupper-router' }],
    }
    await client.applyStatus({ ...object('Site', {}), status })
    expect((await client.get(MODEL_TYPES.Site, 'one'))?.['status']).toEqual(status)
  })
})
