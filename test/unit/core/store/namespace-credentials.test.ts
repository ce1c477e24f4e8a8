import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { secretData, TLS_SECRET, type Secret } from '../../../../core/model/secret.ts'
import { openStore, type Store } from '../../../../core/store/store.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const set = (word: string) => ({ ca: `${word} ca`, certificate: `${word} certificate`, key: `${word} key` })

const secret = (name: string, word: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type: TLS_SECRET,
  data: secretData({ 'ca.crt': `${word} ca`, 'tls.crt': `${word} certificate`, 'tls.key': `${word} key` }),
})

async function storeWith(name: string): Promise<Store> {
  const store = openStore({ dir: await temporaryDirectory(), namespace: 'default' })
  await store.putCredentials(name, set('ours'))
  return store
}

describe('credentials of a namespace', () => {
  it('are ours where the user has none', async () => {
    const store = await storeWith('a')
    expect(await store.credentials('a')).toEqual(set('ours'))
    expect(await store.credentialFiles('a')).toMatchObject({ key: store.path('runtime/certs/a/tls.key') })
    expect(await store.deleteCredentials('a')).toBe(true)
    expect(await store.deleteCredentials('a')).toBe(false)
  })

  it('are those of the user’s Secret before ours, and files all the same', async () => {
    const store = await storeWith('a')
    await store.apply(secret('a', 'secret'))
    expect(await store.credentials('a')).toEqual(set('secret'))
    expect(await store.credentialFiles('a')).toMatchObject({ key: store.path('runtime/certs/a/tls.key') })
    await store.delete('Secret', 'a')
    expect(await store.credentials('a')).toEqual(set('secret'))
  })

  it('are those of the user’s files before all others', async () => {
    const store = await storeWith('a')
    await store.apply(secret('a', 'secret'))
    await mkdir(store.path('input/certs/a'), { recursive: true })
    await writeFile(store.path('input/certs/a/ca.crt'), 'file ca')
    expect(await store.credentials('a')).toMatchObject({ ca: 'file ca' })
    expect(await store.credentialFiles('a')).toMatchObject({ ca: store.path('input/certs/a/ca.crt') })
  })

  it('are none where a Secret holds something else', async () => {
    const store = openStore({ dir: await temporaryDirectory(), namespace: 'default' })
    await store.apply({ ...secret('a', ''), type: 'Opaque', data: secretData({ password: 'x' }) })
    expect(await store.credentials('a')).toBeUndefined()
    expect(await store.credentialFiles('a')).toBeUndefined()
  })

  it('are apart from issuers', async () => {
    const store = await storeWith('a')
    await store.putIssuer('a', set('issuer'))
    expect(await store.issuer('a')).toEqual(set('issuer'))
    expect(await store.credentials('a')).toEqual(set('ours'))
    expect(await store.deleteIssuer('a')).toBe(true)
    expect(await store.issuer('a')).toBeUndefined()
  })

  it.each(['..', '../../etc', 'a/b', '', '.hidden'])('cannot be called "%s"', async (name) => {
    const store = openStore({ dir: '/nowhere', namespace: 'default' })
    await expect(store.credentials(name)).rejects.toMatchObject({ code: 'store/invalid-name' })
    await expect(store.putCredentials(name, set('a'))).rejects.toMatchObject({ code: 'store/invalid-name' })
    await expect(store.deleteIssuer(name)).rejects.toMatchObject({ code: 'store/invalid-name' })
  })
})
