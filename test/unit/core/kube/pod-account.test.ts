import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { podAccount } from '../../../../core/kube/pod-account.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const ENV = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' }

async function mounted(): Promise<string> {
  const directory = await temporaryDirectory()
  const files = { token: 'first\n', 'ca.crt': 'authority', namespace: 'shop\n' }
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

test('reads where the API server is, and its own namespace', async () => {
  const directory = await mounted()
  expect(await podAccount(ENV, directory)).toMatchObject({ server: 'https://10.0.0.1:6443', namespace: 'shop' })
  const six = await podAccount({ KUBERNETES_SERVICE_HOST: 'fd00::1' }, directory)
  expect(six?.server).toBe('https://[fd00::1]:443')
})

test('takes a token that was renewed', async () => {
  const directory = await mounted()
  const account = await podAccount(ENV, directory)
  const ca = Buffer.from('authority')
  expect(await account?.authenticate()).toEqual({ ca, headers: { authorization: 'Bearer first' } })
  await writeFile(join(directory, 'token'), 'second')
  expect(await account?.authenticate()).toEqual({ ca, headers: { authorization: 'Bearer second' } })
})

test('is none outside of a pod', async () => {
  expect(await podAccount({}, await mounted())).toBeUndefined()
  expect(await podAccount(ENV, await temporaryDirectory())).toBeUndefined()
})
