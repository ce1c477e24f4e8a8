import { describe, expect, test } from 'vitest'
import { CONFIG_MAP, DEPLOYMENT, MODEL_TYPES, ROLE, SECRET, SERVICE_ACCOUNT } from '../../core/kube/resource-types.ts'
import { skupperOnCluster } from '../support/cli.ts'
import { KUBECONFIG, namespaceClient } from '../support/kube-cluster.ts'

/** A command line in a namespace of its own, with no controller behind it. */
async function commandLine() {
  const client = await namespaceClient()
  return { client, skupper: skupperOnCluster(KUBECONFIG ?? '', client.namespace) }
}

const pod = (app: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: app, image: 'localhost/none:1', ports: [{ name: 'web', containerPort: 8080 }] }] },
})

async function deployment(client: Awaited<ReturnType<typeof commandLine>>['client'], name: string): Promise<void> {
  const selector = { matchLabels: { app: name } }
  const metadata = { name, namespace: client.namespace }
  await client.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template: pod(name) } })
}

const GUIDE =
  '--site-name public-cloud --enable-console --enable-flow-collector --console-auth internal --console-user admin --console-password changeme'

describe.skipIf(KUBECONFIG === undefined)('the command line on an API server', { timeout: 120_000 }, () => {
  test('init makes what a site is of, a further one changes what it names, delete takes all of it away', async () => {
    const { client, skupper } = await commandLine()
    await deployment(client, 'users-own')
    expect((await skupper('status')).stdout).toBe(`Skupper is not enabled in namespace '${client.namespace}'\n`)

    const made = await skupper('init', ...GUIDE.split(' '), '--wait', 'none')
    expect(made).toEqual({
      exitCode: 0,
      stdout: `Skupper is now installed in namespace '${client.namespace}'.  Use 'skupper status' to get more information.\n`,
      stderr: '',
    })
    const config = await client.get(CONFIG_MAP, 'skupper')
    expect(config?.data).toEqual({ controller: `${client.namespace}/skupper-site-controller` })
    expect(await client.get(DEPLOYMENT, 'skupper-site-controller')).toBeDefined()
    const users = await client.get(SECRET, 'skupper-console-users')
    expect(users?.data).toEqual({ admin: Buffer.from('changeme').toString('base64') })

    const changed = await skupper('init', '--console-password', 'other', '--router-memory', '128Mi', '--wait', 'none')
    expect(changed.stdout).toBe('router-memory: 96Mi -> 128Mi\nconsole-password: changed\n')
    const site = await client.get(MODEL_TYPES.Site, 'public-cloud')
    expect(site?.['spec']).toMatchObject({ settings: { console: 'true', 'router-memory': '128Mi' } })
    const renamed = await skupper('init', '--site-name', 'other')
    expect(renamed).toMatchObject({ exitCode: 1, stdout: '' })

    expect(await skupper('delete')).toMatchObject({ exitCode: 0, stderr: '' })
    for (const type of [CONFIG_MAP, ROLE, SECRET, MODEL_TYPES.Site, SERVICE_ACCOUNT]) {
      const names = (await client.list(type)).map(({ metadata }) => metadata.name)
      expect(names.filter((name) => /skupper|public-cloud/.test(name))).toEqual([])
    }
    expect((await client.list(DEPLOYMENT)).map(({ metadata }) => metadata.name)).toEqual(['users-own'])
  })

  test('a workload and a Service are exposed with what they say of themselves', async () => {
    const { client, skupper } = await commandLine()
    await skupper('init', '--wait', 'none')
    await deployment(client, 'backend')
    await client.create({
      ...{ apiVersion: 'v1', kind: 'Service' },
      metadata: { name: 'shop', namespace: client.namespace },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080, appProtocol: 'h2c' }] },
    })
    const exposed = await skupper('expose', 'deployment/backend', '--wait', 'none')
    expect(exposed.stdout).toBe('deployment backend exposed as backend (protocol http, deduced: port 8080)\n')
    const service = await skupper('expose', 'service', 'shop', '--wait', 'none')
    expect(service.stdout).toBe('service shop exposed as shop (protocol http2, deduced: appProtocol h2c)\n')
    expect((await client.get(MODEL_TYPES.Connector, 'shop-80'))?.['spec']).toMatchObject({
      ...{ routingKey: 'shop:80', selector: 'app=shop', port: 8080, type: 'http2' },
    })
    expect((await client.get(MODEL_TYPES.Listener, 'backend-8080'))?.['spec']).toMatchObject({ host: 'backend' })

    expect(await skupper('unexpose', 'deployment', 'backend')).toMatchObject({ exitCode: 0 })
    expect((await client.list(MODEL_TYPES.Connector)).map(({ metadata }) => metadata.name)).toEqual(['shop-80'])
  })

  test('a wait that times out says what is missing, and undoes nothing', async () => {
    const { client, skupper } = await commandLine()
    const { exitCode, stdout, stderr } = await skupper('init', '--timeout', '1s')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^Error: Waiting for the site took longer than 1 s: [^\n]+\n$/)
    expect(await client.list(MODEL_TYPES.Site)).toHaveLength(1)
  })

  test('what is wrong is one line', async () => {
    const { client, skupper } = await commandLine()
    await skupper('init', '--wait', 'none')
    const refused = [
      [
        'expose deployment/absent --port 80',
        1,
        /Could not read deployment absent: deployments.apps "absent" not found/,
      ],
      ['expose pods x --port 80', 1, /invalid target type: pods/],
      ['init --enable-rest-api', 1, /--enable-rest-api cannot be used/],
      ['status --context absent', 1, /no context "absent"/],
    ] as const
    for (const [words, wanted, says] of refused) {
      const { exitCode, stderr } = await skupper(...words.split(' '))
      expect({ words, exitCode }).toEqual({ words, exitCode: wanted })
      expect(stderr).toMatch(says)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    }
    const site = { apiVersion: 'skupper.io/v2alpha1', kind: 'Site' }
    await client.create({ ...site, metadata: { name: 'second', namespace: client.namespace }, spec: {} })
    expect(await skupper('status')).toMatchObject({ exitCode: 1, stdout: '' })
  })
})
