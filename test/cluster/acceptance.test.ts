import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../support/cli.ts'
import { anotherNamespace, CLUSTERS, sharedNamespaces } from '../support/cluster/clusters.ts'
import type { ClusterNamespace } from '../support/cluster/kubectl.ts'
import { callTls, issuedFor, testAuthority, tlsSecret } from '../support/cluster/tls.ts'
import { deployment, FRONTEND } from '../support/cluster/workloads.ts'
import { eventually } from '../support/eventually.ts'
import { backend } from '../support/machine-site.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ANSWER_MS = 30_000
const SHORT_EXPIRY = '3s'
const MACHINE = '127.0.1.77'

const containing = (text: string): string => expect.stringContaining(text) as string

/** Each container of a site's pods with how often it was started. */
const starts = (site: ClusterNamespace): Promise<string> =>
  site.kubectl([
    ...['get', 'pod', '-l', 'app.kubernetes.io/part-of=skupper', '-o'],
    'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].restartCount}{"\\n"}{end}',
  ])

const isRefused = (place: ClusterNamespace, url: string): Promise<boolean> =>
  place.curl(url).then(
    () => false,
    () => true,
  )

async function linkedByToken([east, west]: ClusterNamespace[], directory: string) {
  if (east === undefined || west === undefined) throw new Error('two clusters are needed')
  await Promise.all([
    east.skupperOk('init', '--site-name', 'east'),
    west.skupperOk('init', '--site-name', 'west'),
    east.apply(FRONTEND + deployment({ name: 'backend', replicas: 1, port: 8080 })),
    west.apply(FRONTEND),
  ])
  const before = await Promise.all([starts(east), starts(west)])
  const token = join(directory, 'token.yaml')
  await east.skupperOk('token', 'create', token)
  await west.skupperOk('link', 'create', token, '--name', 'to-east')
  return { east, west, token, before }
}

describe.skipIf(CLUSTERS.length < 2)('sites of two clusters', () => {
  const sites = sharedNamespaces(2, linkedByToken)

  test('a link starts no program anew, and its certificates are what the router was given', async () => {
    const { east, west, before } = sites()
    expect(await Promise.all([starts(east), starts(west)])).toEqual(before)
    const keys = await west.kubectl(['get', 'secret', 'skupper-router-credentials', '-o', 'jsonpath={.data}'])
    expect(Object.keys(JSON.parse(keys) as object)).toEqual(
      expect.arrayContaining(['to-east.ca.crt', 'to-east.tls.crt', 'to-east.tls.key']),
    )
  })

  test('a service is created, bound, unbound and deleted', async () => {
    const { east, west } = sites()
    const url = 'http://mybackend:8080/'
    await east.skupperOk('service', 'create', 'mybackend', '8080', '--protocol', 'tcp')
    await east.skupperOk('service', 'bind', 'mybackend', 'deployment', 'backend')
    expect(await west.curlUntilAnswered(url, ANSWER_MS)).toMatch(/^backend-/)
    await east.skupperOk('service', 'unbind', 'mybackend', 'deployment', 'backend')
    await eventually(() => isRefused(west, url), { deadlineMs: ANSWER_MS })
    await east.skupperOk('service', 'bind', 'mybackend', 'deployment', 'backend')
    expect(await west.curlUntilAnswered(url, ANSWER_MS)).toMatch(/^backend-/)
    await east.skupperOk('service', 'delete', 'mybackend')
    const names = () => Promise.all([east, west].map((site) => site.kubectl(['get', 'service', '-o', 'name'])))
    await eventually(async () => !(await names()).join('').includes('mybackend'), { deadlineMs: ANSWER_MS })
  })

  test('TLS between a client and a server passes through untouched', async () => {
    const { east, west } = sites()
    const credentials = await issuedFor(await testAuthority(), 'secured')
    const secured = {
      name: 'secured',
      image: 'backend',
      replicas: 1,
      port: 8443,
      speaks: 'https',
      tls: 'secured',
    } as const
    await east.apply(tlsSecret('secured', credentials) + deployment(secured))
    await east.skupperOk('expose', 'deployment/secured', '--port', '8443', '--protocol', 'tcp')
    const call = () => callTls(west, 'https://secured:8443/', credentials)
    expect(await eventually(call, { deadlineMs: ANSWER_MS })).toMatch(/^secured-/)
  })

  test('a token is good for one site, and only while it lasts', async () => {
    const { east, token } = sites()
    const late = join(await temporaryDirectory(), 'late.yaml')
    const third = await anotherNamespace(east)
    await Promise.all([
      third.skupperOk('init', '--site-name', 'third', '--ingress', 'none'),
      east.skupperOk('token', 'create', late, '--expiry', SHORT_EXPIRY),
    ])
    const refused = { code: 1, stderr: containing('Failed to create link: ') }
    expect(await third.skupper('link', 'create', token)).toMatchObject(refused)
    expect(await third.skupper('link', 'create', late)).toMatchObject(refused)
    expect(await third.skupperOk('link', 'status')).not.toContain('is connected')
  })

  test('a site on a machine is part of the network, and calls both ways', async () => {
    const { east, west } = sites()
    const cli = await commandLine('laptop')
    const token = join(cli.home, 'east.yaml')
    await east.skupperOk('token', 'create', token)
    const asMachine = ['--link-host', MACHINE, '--listen-host', MACHINE]
    expect(await cli.skupper('-n', 'laptop', 'init', ...asMachine)).toMatchObject({ exitCode: 0 })
    expect(await cli.skupper('-n', 'laptop', 'link', 'create', token)).toMatchObject({ exitCode: 0 })
    const { port } = await backend(MACHINE, 'from the machine')
    const exposed = ['host', MACHINE, '--address', 'on-machine', '--port', '9090', '--target-port', String(port)]
    expect(await cli.skupper('-n', 'laptop', 'expose', ...exposed, '--protocol', 'tcp')).toMatchObject({ exitCode: 0 })
    await east.skupperOk(
      'expose',
      'deployment/backend',
      '--port',
      '18080',
      '--target-port',
      '8080',
      '--protocol',
      'tcp',
    )
    expect(await west.curlUntilAnswered('http://on-machine:9090/', ANSWER_MS)).toBe('from the machine')
    const answer = await eventually(async () => (await fetch(`http://${MACHINE}:18080/`)).text(), {
      deadlineMs: ANSWER_MS,
    })
    expect(answer).toMatch(/^backend-/)
  })

  test('access that is revoked ends links; a new token makes new ones', async () => {
    const { east, west, token } = sites()
    await east.skupperOk('revoke-access')
    await eventually(async () => !(await west.skupperOk('link', 'status')).includes('is connected'), {
      deadlineMs: 2 * ANSWER_MS,
    })
    await west.skupperOk('link', 'delete', 'to-east')
    expect(await west.skupper('link', 'create', token, '--name', 'to-east')).toMatchObject({ code: 1 })
    const fresh = join(await temporaryDirectory(), 'fresh.yaml')
    await east.skupperOk('token', 'create', fresh)
    await west.skupperOk('link', 'create', fresh, '--name', 'to-east')
    expect(await west.skupperOk('link', 'status')).toBe('Link to-east is connected\n')
  })

  test('YAML that one site generates links the other that applies it', async () => {
    const { east, west } = sites()
    await west.skupperOk('link', 'delete', 'to-east')
    await west.kubectl(['apply', '-f', '-'], await east.skupperOk('link', 'generate', '--name', 'by-yaml'))
    await west.kubectl(['wait', '--for=condition=Ready', 'link/by-yaml', '--timeout=60s'])
    expect(await west.skupperOk('link', 'status')).toBe('Link by-yaml is connected\n')
  })
})
