import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeDirectory, removeUnfinished, writeFileAtomic, writeSynced } from '../../../../core/store/atomic-file.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

it('replaces a file and leaves nothing else, for its owner alone', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'a')
  await writeFile(path, 'old', { mode: 0o644 })
  await writeFileAtomic(path, 'new')
  expect(await readFile(path, 'utf8')).toBe('new')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(directory)).toEqual(['a'])
})

it('takes the place of a link and leaves what it leads to', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'theirs'), 'theirs')
  await symlink('theirs', join(directory, 'a'))
  await writeFileAtomic(join(directory, 'a'), 'ours')
  expect(await readFile(join(directory, 'theirs'), 'utf8')).toBe('theirs')
  expect(await readFile(join(directory, 'a'), 'utf8')).toBe('ours')
})

it('leaves nothing behind where it fails', async () => {
  const directory = await temporaryDirectory()
  await mkdir(join(directory, 'a'))
  await expect(writeFileAtomic(join(directory, 'a'), 'new')).rejects.toMatchObject({ code: 'EISDIR' })
  expect(await readdir(directory)).toEqual(['a'])
  await expect(writeFileAtomic(join(directory, 'missing', 'a'), 'new')).rejects.toMatchObject({ code: 'ENOENT' })
})

it('writes a new file only where there is none', async () => {
  const path = join(await temporaryDirectory(), 'a')
  await writeSynced(path, 'first')
  await expect(writeSynced(path, 'second')).rejects.toMatchObject({ code: 'EEXIST' })
})

it('makes directories for their owner alone', async () => {
  const directory = await temporaryDirectory()
  await makeDirectory(join(directory, 'a/b'))
  await makeDirectory(join(directory, 'a/b'))
  for (const made of ['a', 'a/b']) expect((await stat(join(directory, made))).mode & 0o777).toBe(0o700)
})

it('what a killed writer has left is removed, and nothing else', async () => {
  const directory = await temporaryDirectory()
  for (const name of ['.0123456789abcdef-router.json.tmp', 'router.json', '.hidden', 'my.tmp']) {
    await writeFile(join(directory, name), '{')
  }
  await removeUnfinished(directory)
  expect((await readdir(directory)).toSorted()).toEqual(['.hidden', 'my.tmp', 'router.json'])
  await removeUnfinished(join(directory, 'not-there'))
})
