import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CLUSTER_ROLE_BINDING } from '../../core/kube/resource-types.ts'
import { POLICY_READER } from '../../core/kube/webhook/webhook-name.ts'
import { policyReaderBinding } from '../../core/kube/webhook/webhook-rbac.ts'
import { skupperOnCluster } from '../support/cli.ts'
import { KUBECONFIG, namespaceClient } from '../support/kube-cluster.ts'

/** The helm to install with; the test is skipped where it is unset. */
const HELM = process.env['HELM']
const run = promisify(execFile)

describe.skipIf(KUBECONFIG === undefined || HELM === undefined)('the webhook by command and by Helm', () => {
  test('each takes over from the other, and site controllers keep their right', { timeout: 120_000 }, async () => {
    const client = await namespaceClient()
    const skupper = skupperOnCluster(KUBECONFIG ?? '', client.namespace)
    const helm = (...args: string[]) =>
      run(HELM ?? '', [...args, '--kubeconfig', KUBECONFIG ?? '', '--namespace', client.namespace])
    const chart = join(import.meta.dirname, '../../charts/skupper')
    onTestFinished(async () => {
      await client.apply(policyReaderBinding([]))
      await skupper('webhook', 'uninstall')
    })

    expect(await skupper('webhook', 'install', '--wait', 'none')).toMatchObject({ exitCode: 0, stderr: '' })
    await client.apply(policyReaderBinding([{ name: 'skupper-site-controller', namespace: 'shop' }]))
    expect(await skupper('webhook', 'uninstall')).toMatchObject({ exitCode: 0, stderr: '' })
    const subjects = [expect.objectContaining({ name: 'skupper-site-controller', namespace: 'shop' }) as unknown]
    expect(await client.get(CLUSTER_ROLE_BINDING, POLICY_READER)).toMatchObject({ subjects })

    await helm('install', 'net', chart)
    await helm('upgrade', 'net', chart)
    await helm('uninstall', 'net')
    expect(await client.get(CLUSTER_ROLE_BINDING, POLICY_READER)).toMatchObject({ subjects })

    await client.apply(policyReaderBinding([]))
    expect(await skupper('webhook', 'uninstall')).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await client.get(CLUSTER_ROLE_BINDING, POLICY_READER)).toBeUndefined()
    await helm('install', 'net', chart)
    await helm('uninstall', 'net')
    // What Helm left behind is taken over by the command.
    expect(await skupper('webhook', 'install', '--wait', 'none')).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
