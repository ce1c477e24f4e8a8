import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { errorCode } from '../../../../core/kube/errors.ts'
import { connect, type ConnectOptions } from '../../../../core/kube/kube-config.ts'
import { answerJson, fakeApiServer } from '../../../support/api-server.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

interface Place {
  readonly name: string
  readonly server?: string
  readonly namespace?: string
}

async function config(places: readonly Place[], current?: string): Promise<string> {
  const file = join(await temporaryDirectory(), 'config')
  const content = {
    clusters: places.map(({ name, server = `https://${name}.example:6443` }) => ({ name, cluster: { server } })),
    users: places.map(({ name }) => ({ name, user: { token: 'x' } })),
    contexts: places.map(({ name, namespace }) => ({ name, context: { cluster: name, user: name, namespace } })),
    ...(current === undefined ? {} : { 'current-context': current }),
  }
  await writeFile(file, stringify(content))
  return file
}

async function placeOf(options: Omit<ConnectOptions, 'fieldManager'>): Promise<string> {
  const client = await connect({ fieldManager: 'test', ...options })
  return `${client.server} ${client.namespace}`
}

async function codeOf(options: Omit<ConnectOptions, 'fieldManager'>): Promise<string | undefined> {
  return placeOf(options).then(() => undefined, errorCode)
}

test('takes the current context, and what flags say instead', async () => {
  const kubeconfig = await config([{ name: 'a', namespace: 'east' }, { name: 'b' }], 'a')
  expect(await placeOf({ kubeconfig, env: {} })).toBe('https://a.example:6443 east')
  expect(await placeOf({ kubeconfig, context: 'b', env: {} })).toBe('https://b.example:6443 default')
  expect(await placeOf({ kubeconfig, namespace: 'west', env: {} })).toBe('https://a.example:6443 west')
  expect(await codeOf({ kubeconfig, context: 'c', env: {} })).toBe('kube/no-context')
})

test('merges the files of KUBECONFIG: the first word counts', async () => {
  const first = await config([{ name: 'a' }])
  const second = await config([{ name: 'a', server: 'https://other.example' }, { name: 'b' }], 'a')
  const env = { KUBECONFIG: `${first}:/no/such/file:${second}` }
  expect(await placeOf({ env })).toBe('https://a.example:6443 default')
  expect(await placeOf({ env, context: 'b' })).toBe('https://b.example:6443 default')
})

test('says what is missing or broken', async () => {
  const home = await temporaryDirectory()
  expect(await codeOf({ env: { HOME: home } })).toBe('kube/no-config')
  expect(await codeOf({ kubeconfig: join(home, 'none'), env: {} })).toBe('kube/no-config')
  expect(await codeOf({ kubeconfig: await config([{ name: 'a' }]), env: {} })).toBe('kube/no-context')
  const broken = join(home, 'broken')
  await writeFile(broken, '{ clusters: [')
  expect(await codeOf({ kubeconfig: broken, env: {} })).toBe('kube/broken-config')
})

test('asks a plugin for credentials, and tells it what kubectl would', async () => {
  const { client: fake, seen } = await fakeApiServer((_request, response) => {
    answerJson(response, 200, { gitVersion: 'v1.2.3' })
  })
  const print = 'console.log(JSON.stringify({ status: { token: JSON.parse(process.env.KUBERNETES_EXEC_INFO).kind } }))'
  const apiVersion = 'client.authentication.k8s.io/v1'
  const exec = { apiVersion, command: process.execPath, args: ['-e', print], interactiveMode: 'Never' }
  const kubeconfig = join(await temporaryDirectory(), 'config')
  const content = {
    clusters: [{ name: 'a', cluster: { server: fake.server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'a', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  }
  await writeFile(kubeconfig, stringify(content))
  const client = await connect({ fieldManager: 'test', kubeconfig, env: {} })
  expect(await client.serverVersion()).toBe('v1.2.3')
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer ExecCredential'])
  client.close()
})
