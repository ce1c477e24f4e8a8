import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CredentialDirectory } from '../../../../core/store/credential-directory.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const set = (word: string) => ({ ca: `${word} ca`, certificate: `${word} certificate`, key: `${word} key` })
const visible = async (directory: string) => (await readdir(directory)).filter((name) => !name.startsWith('.'))

describe('CredentialDirectory', () => {
  it('gives back what was put, as texts and as paths', async () => {
    const directory = await temporaryDirectory()
    const credentials = new CredentialDirectory(directory)
    await credentials.put('a', set('first'))
    expect(await credentials.read('a')).toEqual(set('first'))
    const files = await credentials.files('a')
    expect(files).toEqual({
      ca: join(directory, 'a/ca.crt'),
      certificate: join(directory, 'a/tls.crt'),
      key: join(directory, 'a/tls.key'),
    })
    expect(await readFile(files?.key ?? '', 'utf8')).toBe('first key')
    expect((await stat(files?.key ?? '')).mode & 0o777).toBe(0o600)
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o700)
  })

  it('never joins two sets, whenever one reads', async () => {
    const credentials = new CredentialDirectory(await temporaryDirectory())
    await credentials.put('a', set('0'))
    const writes = Array.from({ length: 20 }, (_none, word) => () => credentials.put('a', set(String(word))))
    const writer = writes.reduce((before, write) => before.then(write), Promise.resolve())
    const ended = writer.then(() => 'ended')
    while ((await Promise.race([ended, credentials.read('a')])) !== 'ended') {
      const found = await credentials.read('a')
      expect(found).toEqual(set(found?.ca.split(' ')[0] ?? ''))
    }
    await writer
  })

  it('keeps no old set', async () => {
    const directory = await temporaryDirectory()
    const credentials = new CredentialDirectory(directory)
    await credentials.put('a', set('first'))
    await credentials.put('a', { ca: 'second ca' })
    expect(await credentials.read('a')).toEqual({ ca: 'second ca', certificate: undefined, key: undefined })
    expect(await readdir(directory)).toHaveLength(2)
    expect(await credentials.delete('a')).toBe(true)
    expect(await credentials.delete('a')).toBe(false)
    expect(await readdir(directory)).toEqual([])
  })

  it('takes the place of a directory that somebody made', async () => {
    const directory = await temporaryDirectory()
    const credentials = new CredentialDirectory(directory)
    await mkdir(join(directory, 'a'))
    await writeFile(join(directory, 'a/tls.crt'), 'by hand')
    expect(await credentials.read('a')).toEqual({ ca: 'by hand', certificate: 'by hand' })
    expect(await credentials.files('a')).toMatchObject({ ca: join(directory, 'a/tls.crt') })
    await credentials.put('a', set('ours'))
    expect(await credentials.read('a')).toEqual(set('ours'))
    expect(await visible(directory)).toEqual(['a'])
  })

  it('leaves alone what a user’s link leads to', async () => {
    const directory = await temporaryDirectory()
    const elsewhere = await temporaryDirectory()
    await writeFile(join(elsewhere, 'ca.crt'), 'theirs')
    await symlink(elsewhere, join(directory, 'a'))
    const credentials = new CredentialDirectory(directory)
    expect(await credentials.read('a')).toMatchObject({ ca: 'theirs' })
    await credentials.put('a', set('ours'))
    await symlink(elsewhere, join(directory, 'b'))
    await credentials.delete('b')
    expect(await readdir(elsewhere)).toEqual(['ca.crt'])
  })

  it('closes keys that were dropped open', async () => {
    const directory = await temporaryDirectory()
    await mkdir(join(directory, 'a'), { mode: 0o755 })
    await writeFile(join(directory, 'a/tls.key'), 'key')
    await writeFile(join(directory, 'a/ca.crt'), 'ca')
    await chmod(join(directory, 'a/tls.key'), 0o644)
    await new CredentialDirectory(directory).read('a')
    expect((await stat(join(directory, 'a/tls.key'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o700)
  })

  it('has none where there is none', async () => {
    const credentials = new CredentialDirectory(join(await temporaryDirectory(), 'nowhere'))
    expect(await credentials.read('a')).toBeUndefined()
    expect(await credentials.files('a')).toBeUndefined()
  })
})
