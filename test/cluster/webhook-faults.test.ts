import { describe, expect, test } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import type { KubeObject } from '../../core/kube/kube-object.ts'
import { MODEL_TYPES, MUTATING_WEBHOOK, SECRET, VALIDATING_WEBHOOK } from '../../core/kube/resource-types.ts'
import { WEBHOOK, WEBHOOK_NAMESPACE, webhookHosts } from '../../core/kube/webhook/webhook-name.ts'
import { readAuthority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import { AUTHORITY_SECRET, SERVING_SECRET } from '../../webhook/serving-certificate.ts'
import { workload } from '../support/cluster/workloads.ts'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import { InstalledWebhook } from '../support/cluster/installed-webhook.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { eventually } from '../support/eventually.ts'
import { clusterClient } from '../support/kube-cluster.ts'
import { hasOpenssl, openssl } from '../support/openssl.ts'

const OBJECTS = 500
const DAY_MS = 24 * 3_600_000
const DEADLINE = { deadlineMs: 120_000 }
/** Milliseconds; each object is a request, and what a site makes of it some more. */
const MANY = { timeout: 1_200_000, deadlineMs: 600_000 }
const EXPOSED = 'skupper.io/expose: http'

describe.skipIf(CLUSTERS.length === 0)('the webhook as pods', () => {
  test('holds up nobody: of 500 objects all are admitted and exposed though a pod of it is killed', MANY, async () => {
    const here = await namespace()
    await here.skupperOk('init')
    const webhook = await InstalledWebhook.in(here)
    const names = Array.from({ length: OBJECTS }, (_, at) => `web-${String(at)}`)
    const yaml = names.map((name) => workload({ name, replicas: 0, annotations: EXPOSED })).join('')

    const applied = here.kubectl(['apply', '-f', '-'], yaml)
    applied.catch(() => undefined)
    await eventually(
      async () => (await count(here, 'deployments', '-l', '!app.kubernetes.io/part-of')) > OBJECTS / 5,
      MANY,
    )
    const [pod = ''] = (await webhook.kubectl('get', 'pods', '-o', 'name')).split('\n')
    await webhook.kubectl('delete', pod, '--grace-period=0', '--force')

    expect((await applied).match(/created/g)).toHaveLength(OBJECTS)
    await eventually(async () => (await count(here, MODEL_TYPES.Listener.plural)) === OBJECTS, MANY)
  })

  test('is trusted again by itself after its certificate ended, and after its Secrets were deleted', async () => {
    const here = await namespace()
    const webhook = await InstalledWebhook.in(here)
    const client = await clusterClient({ fieldManager: 'test', namespace: WEBHOOK_NAMESPACE })
    const bundle = async () => (await client.get(MUTATING_WEBHOOK, WEBHOOK))?.webhooks?.[0]?.clientConfig.caBundle
    const second = await here.skupper('webhook', 'install')
    expect(second.stderr).toContain(`The webhook is installed in namespace ${WEBHOOK_NAMESPACE}`)
    const reviews = reviewed(here)

    const before = await bundle()
    for (const name of [AUTHORITY_SECRET, SERVING_SECRET]) await client.delete(SECRET, name)
    await eventually(async () => (await bundle()) !== before, DEADLINE)
    await webhook.asked()

    const expired = await expiredCertificate(client)
    await client.patch(SECRET, { name: SERVING_SECRET }, { data: expired })
    await webhook.kubectl('rollout', 'restart', 'deployment', WEBHOOK)
    await webhook.kubectl('rollout', 'status', 'deployment', WEBHOOK, '--timeout=90s')
    expect((await client.get(SECRET, SERVING_SECRET))?.data?.['tls.crt']).not.toBe(expired['tls.crt'])
    await webhook.asked()

    expect(await reviews.end()).toEqual([])
  })

  test.skipIf(!hasOpenssl)('serves with what cert-manager makes, where that is asked for', async () => {
    const here = await namespace()
    await here.kubectl(['apply', '-f', '-'], CERT_MANAGER_CRDS)
    try {
      const webhook = await InstalledWebhook.install(here, '--cert-manager', '--wait', 'none')
      const wanted = await webhook.kubectl(
        'get',
        'certificate',
        WEBHOOK,
        '-o',
        'jsonpath={.spec.dnsNames[0]} {.spec.issuerRef.kind}',
      )
      expect(wanted).toBe(`${WEBHOOK}.${WEBHOOK_NAMESPACE}.svc Issuer`)
      const annotation = 'jsonpath={.metadata.annotations.cert-manager\\.io/inject-ca-from}'
      const injected = await webhook.kubectl('get', 'mutatingwebhookconfiguration', WEBHOOK, '-o', annotation)
      expect(injected).toBe(`${WEBHOOK_NAMESPACE}/${WEBHOOK}`)

      await supplyCertificate(await clusterClient({ fieldManager: 'cert-manager', namespace: WEBHOOK_NAMESPACE }))
      await webhook.asked()
      expect(await webhook.kubectl('get', 'secrets', '-o', 'name')).not.toContain(AUTHORITY_SECRET)
    } finally {
      await here.kubectl(['delete', 'crd', 'issuers.cert-manager.io', 'certificates.cert-manager.io'])
    }
  })

  test('treats workloads in a mesh as they ask, and takes back what it added', async () => {
    const here = await namespace()
    await InstalledWebhook.in(here)
    await here.kubectl(['label', 'namespace', here.name, 'istio-injection=enabled'])
    await here.kubectl(['apply', '-f', '-'], PEER_AUTHENTICATION_CRD)
    try {
      const strict = () => here.kubectl(['apply', '-f', '-'], STRICT)
      await eventually(strict, DEADLINE)
      const expose = (keys: string) => workload({ name: 'web', replicas: 0, annotations: keys })
      const warning = () => warnings(here, expose(EXPOSED))
      await eventually(async () => (await warning()).includes('to exclude-ports or no-sidecar'), DEADLINE)
      const template = async () => {
        const path = 'jsonpath={.spec.template.metadata}'
        return await here.kubectl(['get', 'deployment', 'web', '-o', path])
      }
      const plain = await template()
      expect(plain).not.toContain('istio')

      const excluding = expose(`${EXPOSED}, skupper.io/istio: exclude-ports`)
      expect(await warnings(here, excluding)).toContain('DestinationRule')
      expect(await template()).toContain('"traffic.sidecar.istio.io/excludeInboundPorts":"8080"')
      expect(await warnings(here, expose(`${EXPOSED}, skupper.io/istio: no-sidecar`))).toContain('no sidecar any more')
      expect(await template()).toContain('"sidecar.istio.io/inject":"false"')
      await here.kubectl(['apply', '-f', '-'], expose('skupper.io/expose: "false"'))
      expect(await template()).toBe(plain)
    } finally {
      await here.kubectl(['delete', 'crd', 'peerauthentications.security.istio.io'])
    }
  })
})

/** What cert-manager does: the Secret that the Certificate names, and its authority in the configurations. */
async function supplyCertificate(client: KubeClient): Promise<void> {
  const [name] = webhookHosts(WEBHOOK_NAMESPACE)
  const made = openssl([
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', '-', '-out', '-'],
    ...['-subj', '/CN=webhook', '-addext', `subjectAltName=DNS:${name ?? ''}`],
  ])
  const [key = ''] = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----\n/.exec(made) ?? []
  const [certificate = ''] = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/.exec(made) ?? []
  const encoded = (pem: string) => Buffer.from(pem).toString('base64')
  const data = { 'tls.crt': encoded(certificate), 'tls.key': encoded(key), 'ca.crt': encoded(certificate) }
  const metadata = { name: 'skupper-webhook-supplied' }
  await client.create({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data })
  for (const type of [MUTATING_WEBHOOK, VALIDATING_WEBHOOK]) {
    const configuration = await client.get(type, WEBHOOK)
    if (configuration === undefined) throw new Error('the webhook is not installed')
    const webhooks = configuration.webhooks?.map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle: encoded(certificate) },
    }))
    await client.patch<KubeObject>(type, { name: WEBHOOK }, { webhooks })
  }
}

async function namespace(): Promise<ClusterNamespace> {
  const [here] = await clusterNamespaces(1)
  if (here === undefined) throw new Error('no cluster')
  return here
}

/** How many objects of a kind there are; `selector` leaves out those of the site itself. */
async function count(place: ClusterNamespace, kind: string, ...selector: string[]): Promise<number> {
  return (await place.kubectl(['get', kind, '-o', 'name', ...selector])).split('\n').filter(Boolean).length
}

/** What kubectl warns of when it applies objects. */
function warnings(place: ClusterNamespace, yaml: string): Promise<string> {
  return place
    .kubectl(['apply', '--warnings-as-errors', '-f', '-'], yaml)
    .catch((error: unknown) => (error as Error).message)
}

/** Applies annotated objects one after the other until it is told to end; gives what was said against any of them. */
function reviewed(place: ClusterNamespace): { end(): Promise<string[]> } {
  const refusals: string[] = []
  let isEnding = false
  const run = async () => {
    for (let at = 0; !isEnding; at++) {
      const yaml = workload({ name: `during-${String(at)}`, replicas: 0, annotations: EXPOSED })
      await place.kubectl(['apply', '-f', '-'], yaml).catch((error: unknown) => refusals.push((error as Error).message))
    }
  }
  const running = run()
  return {
    end: async () => {
      isEnding = true
      await running
      return refusals
    },
  }
}

/** One that the webhook's own authority issued, and that ended yesterday; base64 as a Secret has it. */
async function expiredCertificate(client: KubeClient) {
  const authority = (await client.get(SECRET, AUTHORITY_SECRET))?.data ?? {}
  const text = (key: string) => Buffer.from(authority[key] ?? '', 'base64').toString()
  const issuer = readAuthority({ certificate: text('tls.crt'), key: text('tls.key'), ca: '' }, Date.now())
  const now = Date.now() - 2 * DAY_MS
  const hosts = webhookHosts(WEBHOOK_NAMESPACE)
  const { certificate, key } = await issueCredentials(issuer, { commonName: WEBHOOK, hosts, now, lifeMs: DAY_MS })
  const encoded = (pem: string) => Buffer.from(pem).toString('base64')
  return { 'tls.crt': encoded(certificate), 'tls.key': encoded(key) }
}

const PEER_AUTHENTICATION_CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: peerauthentications.security.istio.io}
spec:
  group: security.istio.io
  scope: Namespaced
  names: {kind: PeerAuthentication, listKind: PeerAuthenticationList, plural: peerauthentications, singular: peerauthentication}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`
const CERT_MANAGER_CRDS = ['Issuer', 'Certificate']
  .map((kind) => {
    const singular = kind.toLowerCase()
    return `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${singular}s.cert-manager.io}
spec:
  group: cert-manager.io
  scope: Namespaced
  names: {kind: ${kind}, listKind: ${kind}List, plural: ${singular}s, singular: ${singular}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`
  })
  .join('')

const STRICT = `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default}
spec: {mtls: {mode: STRICT}}
`
