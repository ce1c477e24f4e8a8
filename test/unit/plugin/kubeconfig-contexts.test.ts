import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { contextNames } from '../../../plugin/kubeconfig-contexts.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('contexts of all files, each once; what is no kubeconfig has none', async () => {
  const folder = await temporaryDirectory()
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const first = await file('a', 'contexts:\n- name: one\n- name: two\n')
  const second = await file('b', 'contexts:\n- name: two\n- name: three\n')
  const wrong = [await file('c', '{'), await file('d', '42'), join(folder, 'absent')]
  expect(await contextNames([first, second, ...wrong].join(delimiter))).toEqual(['one', 'two', 'three'])
})
