import { describe, expect, test } from 'vitest'
import type { KubeClient } from '../../core/kube/kube-client.ts'
import { DEPLOYMENT, SECRET } from '../../core/kube/resource-types.ts'
import { apiServerProxy } from '../support/api-server-proxy.ts'
import { skupperOnCluster } from '../support/cli.ts'
import { controllerAccount, uncontrolledSite } from '../support/controlled-site.ts'
import { compiledController, controllerStarter } from '../support/controller-process.ts'
import { eventually } from '../support/eventually.ts'
import { KUBECONFIG, namespaceClient } from '../support/kube-cluster.ts'
import { siteObjects } from '../support/site-objects.ts'

const DEADLINE = { deadlineMs: 60_000 }
const PASSWORD = 'not-to-be-shown'

/** What would be another one if anything had been written. How a Deployment fares is written by Kubernetes. */
async function versions(client: KubeClient): Promise<string[]> {
  return [...(await siteObjects(client))].map(([key, { kind, metadata }]) => {
    const version = kind === 'Deployment' ? metadata.generation : metadata.resourceVersion
    return `${key} ${metadata.uid ?? ''} ${String(version)}`
  })
}

describe.skipIf(KUBECONFIG === undefined)('a dry run', { timeout: 180_000 }, () => {
  test('of init says what it would make, then what it would change, and makes nothing', async () => {
    const client = await namespaceClient()
    const skupper = skupperOnCluster(KUBECONFIG ?? '', client.namespace)
    const flags = [
      '--site-name',
      'here',
      '--enable-console',
      '--console-auth',
      'internal',
      '--console-password',
      PASSWORD,
    ]
    const made = await skupper('init', ...flags, '--dry-run')
    expect(made).toMatchObject({ exitCode: 0, stderr: '' })
    expect(made.stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'create Site here',
        'create Deployment skupper-site-controller',
        'create Secret skupper-console-users',
        'Nothing was done: this is a dry run.',
      ]),
    )
    const yaml = await skupper('init', ...flags, '--dry-run', '-o', 'yaml')
    const json = await skupper('init', ...flags, '--dry-run', '-o', 'json')
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'List', apiVersion: 'v1' })
    expect(yaml.stdout).toContain('kind: Site')
    for (const { stdout, stderr } of [made, yaml, json]) {
      expect(stdout + stderr).not.toContain(PASSWORD)
      expect(stdout + stderr).not.toContain(Buffer.from(PASSWORD).toString('base64'))
    }
    expect(await siteObjects(client)).toEqual(new Map())

    await skupper('init', ...flags, '--wait', 'none')
    const before = await versions(client)
    expect((await skupper('init', '--dry-run')).stdout).toBe('No changes.\n')
    const changed = await skupper('init', '--router-memory', '128Mi', '--console-password', 'other', '--dry-run')
    expect(changed.stdout.split('\n')).toEqual([
      'router-memory: 96Mi -> 128Mi',
      'console-password: changed',
      'change Secret skupper-console-users',
      'change Site here',
      'Nothing was done: this is a dry run.',
      '',
    ])
    expect(await versions(client)).toEqual(before)
    const refused = await skupper('init', '-o', 'yaml')
    expect(refused).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('--dry-run') as unknown })
  })

  test('of the controller prints its plan, and writes nothing', async () => {
    const admin = await uncontrolledSite({ spec: { linkAccess: 'loadbalancer', settings: { routers: '2' } } })
    const { namespace } = admin
    const spec = { routingKey: 'web', host: 'web', port: 80 }
    await admin.apply({
      apiVersion: 'skupper.io/v2alpha1',
      kind: 'Listener',
      metadata: { name: 'web', namespace },
      spec,
    })
    const proxy = await apiServerProxy(controllerAccount(namespace))
    const starting = { server: proxy.server, namespace, compiled: await compiledController() }
    const start = await controllerStarter(starting, ['--dry-run'])
    const before = await versions(admin)
    const first = start()
    expect(await first.ended, first.output).toBe(0)
    expect(first.output.split('\n')).toEqual(
      expect.arrayContaining([
        ...['create Deployment skupper-router', 'create Deployment skupper-router-2', 'create Service web'],
        ...['create Secret skupper-local-ca', 'create ConfigMap skupper-router', 'create RouterAccess skupper-router'],
      ]),
    )
    expect(await versions(admin)).toEqual(before)
    expect(proxy.seen.filter(({ isWrite, url }) => isWrite && url.searchParams.get('dryRun') !== 'All')).toEqual([])

    const keeping = (await controllerStarter(starting))()
    await eventually(async () => (await admin.get(DEPLOYMENT, 'skupper-router-2')) !== undefined, DEADLINE)
    // The last that a first pass makes.
    await eventually(async () => (await admin.get(SECRET, 'skupper-site-identity')) !== undefined, DEADLINE)
    keeping.kill()
    await keeping.ended
    await admin.delete(DEPLOYMENT, 'skupper-router')
    const listed = await versions(admin)
    const second = start()
    expect(await second.ended, second.output).toBe(0)
    expect(second.output).toBe('create Deployment skupper-router\n')
    expect(await versions(admin)).toEqual(listed)
  })
})
