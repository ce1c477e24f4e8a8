import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withCondition } from '../../../../core/model/condition.ts'
import type { Listener } from '../../../../core/model/listener.ts'
import { parseResourceOf, type Kind, type ResourceOf } from '../../../../core/model/resource.ts'
import { namespacesIn, openStore, type Store } from '../../../../core/store/store.ts'
import { eventually } from '../../../support/eventually.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const NOW = new Date('2026-11-23T08:00:00Z')

async function emptyStore(): Promise<Store> {
  return openStore({ dir: await temporaryDirectory(), namespace: 'default', rescanMs: 50, now: () => NOW })
}

/** Another process's view: nothing of the first store's memory. */
function reopened(store: Store): Store {
  return openStore({ dir: join(store.path(), '..', '..'), namespace: 'default', rescanMs: 50 })
}

function resource<K extends Kind>(kind: K, name: string, spec: object): ResourceOf<K> {
  return parseResourceOf(kind, { apiVersion: 'skupper.io/v2alpha1', kind, metadata: { name }, spec })
}

const listener = (name: string, port = 8080): Listener =>
  resource('Listener', name, { routingKey: `${name}:${String(port)}`, host: name, port })

const ready = (given: Listener): Listener => ({
  ...given,
  status: withCondition(given.status, { type: 'Configured', status: 'True' }, NOW),
})

async function drop(store: Store, file: string, text: string): Promise<string> {
  const path = store.path(file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

const names = async (store: Store, kind: Kind = 'Listener') =>
  (await store.list(kind)).map(({ metadata }) => metadata.name)

const yaml = (name: string, port: number | string) =>
  `apiVersion: skupper.io/v2alpha1\nkind: Listener\nmetadata:\n  name: ${name}\nspec:\n  routingKey: ${name}\n  host: ${name}\n  port: ${String(port)}\n`

/** What differs after a file was written again. */
const written = async (path: string) => {
  const { ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [ino, mtimeNs, ctimeNs]
}

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('what users write', () => {
  it('comes back with uid, creation time and generation', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    const first = await store.get('Listener', 'backend')
    expect(first?.metadata).toMatchObject({ creationTimestamp: '2026-11-23T08:00:00.000Z', generation: 1 })
    await store.apply(listener('backend', 9090))
    const second = await reopened(store).get('Listener', 'backend')
    expect(second?.spec.port).toBe(9090)
    expect(second?.metadata).toEqual({ ...first?.metadata, generation: 2 })
  })

  it('is not written again where nothing changed', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    const path = store.path('input/resources/Listener-backend.yaml')
    const before = await written(path)
    await store.apply(listener('backend'))
    expect(await written(path)).toEqual(before)
  })

  it('is for its owner alone', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    expect(await mode(store.path('input/resources/Listener-backend.yaml'))).toBe('600')
    for (const directory of ['', 'input', 'input/resources', 'internal']) {
      expect(await mode(store.path(directory))).toBe('700')
    }
  })

  it('is refused where it is not sound', async () => {
    const store = await emptyStore()
    const wrong = { ...listener('backend'), spec: { ...listener('backend').spec, port: 0 } }
    await expect(store.apply(wrong)).rejects.toMatchObject({ code: 'resource/invalid' })
    expect(await names(store)).toEqual([])
  })

  it('may lie in files of any name, several to a file, and in Lists', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/all.yaml', `${yaml('a', 1)}---\n${yaml('b', 2)}`)
    const list = { apiVersion: 'v1', kind: 'List', items: [listener('c')] }
    await drop(store, 'input/resources/list.json', JSON.stringify(list))
    expect(await names(store)).toEqual(['a', 'b', 'c'])
  })

  it('is changed in the file it lies in, and the rest of that file stays', async () => {
    const store = await emptyStore()
    const path = await drop(
      store,
      'input/resources/all.yaml',
      `# mine\n${yaml('a', 1)}---\n# and this\n${yaml('b', 2)}`,
    )
    await store.apply(listener('b', 3))
    expect(await readdir(store.path('input/resources'))).toEqual(['all.yaml'])
    expect(await readFile(path, 'utf8')).toContain('# mine')
    await store.delete('Listener', 'b')
    expect(await readFile(path, 'utf8')).toBe(`# mine\n${yaml('a', 1)}`)
    expect(await names(store)).toEqual(['a'])
  })

  it('moves from JSON to YAML when it is changed', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/a.json', JSON.stringify(listener('a')))
    await store.apply(listener('a', 2))
    expect(await readdir(store.path('input/resources'))).toEqual(['Listener-a.yaml'])
    expect(await store.get('Listener', 'a')).toMatchObject({ spec: { port: 2 } })
  })

  it('has no status: that is the controller’s alone', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/a.yaml', `${yaml('a', 1)}status:\n  status: Ready\n`)
    expect((await store.get('Listener', 'a'))?.status).toBeUndefined()
    await store.apply(ready(listener('b')))
    expect((await store.get('Listener', 'b'))?.status).toBeUndefined()
  })

  it('takes names too long for a file', async () => {
    const store = await emptyStore()
    const long = 'a'.repeat(253)
    await store.apply(resource('Listener', long, { routingKey: 'a', host: 'a', port: 1 }))
    expect(await names(store)).toEqual([long])
    expect(await store.delete('Listener', long)).toBe(true)
  })
})

describe('what controllers write', () => {
  it('is the status of what users wrote', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    await store.applyRuntime(ready(listener('backend')))
    expect(await reopened(store).get('Listener', 'backend')).toMatchObject({
      metadata: { generation: 1 },
      spec: { port: 8080 },
      status: { conditions: [{ type: 'Configured' }] },
    })
  })

  it('never wins over the spec that users wrote', async () => {
    const store = await emptyStore()
    await mkdir(store.path(), { recursive: true })
    await store.applyRuntime(ready(listener('backend', 1)))
    await store.apply(listener('backend', 2))
    expect(await store.get('Listener', 'backend')).toMatchObject({
      spec: { port: 2 },
      status: { conditions: [{ type: 'Configured' }] },
    })
  })

  it('is written only where it differs', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    await store.applyRuntime(ready(listener('backend')))
    const path = store.path('runtime/resources/Listener-backend.yaml')
    const before = await written(path)
    await store.applyRuntime(ready(listener('backend')))
    expect(await written(path)).toEqual(before)
  })

  it('goes with what the user removed by hand', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    await store.applyRuntime(ready(listener('backend')))
    await rm(store.path('input/resources/Listener-backend.yaml'))
    expect(await names(store)).toEqual([])
  })

  it('may be of its own, with an identity that stays', async () => {
    const store = await emptyStore()
    await mkdir(store.path(), { recursive: true })
    await store.applyRuntime(listener('synced', 1))
    const first = await store.get('Listener', 'synced')
    await store.applyRuntime(listener('synced', 2))
    expect(await store.get('Listener', 'synced')).toMatchObject({
      metadata: { uid: first?.metadata.uid },
      spec: { port: 2 },
    })
    expect(await store.deleteRuntime('Listener', 'synced')).toBe(true)
    expect(await store.deleteRuntime('Listener', 'synced')).toBe(false)
    expect(await names(store)).toEqual([])
  })

  it('gives an identity to what a user dropped in', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/a.yaml', yaml('a', 1))
    const found = await store.get('Listener', 'a')
    expect(found?.metadata.uid).toBeUndefined()
    await store.applyRuntime(ready(listener('a')))
    expect((await store.get('Listener', 'a'))?.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('does not bring a removed namespace back', async () => {
    const store = await emptyStore()
    await expect(store.applyRuntime(listener('a'))).rejects.toMatchObject({ code: 'store/no-namespace' })
  })
})

describe('delete', () => {
  it('removes both views', async () => {
    const store = await emptyStore()
    await store.apply(listener('backend'))
    await store.applyRuntime(ready(listener('backend')))
    expect(await store.delete('Listener', 'backend')).toBe(true)
    expect(await store.delete('Listener', 'backend')).toBe(false)
    expect(await readdir(store.path('runtime/resources'))).toEqual([])
    expect(await readdir(store.path('input/resources'))).toEqual([])
  })

  it('removes a resource from every file that has it', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/1.yaml', yaml('a', 1))
    await drop(store, 'input/resources/2.yaml', yaml('a', 2))
    expect(await store.delete('Listener', 'a')).toBe(true)
    expect(await names(store)).toEqual([])
  })
})

describe('a broken file', () => {
  it('is reported by name and line and counts as what it last was, after a restart too', async () => {
    const store = await emptyStore()
    const path = await drop(store, 'input/resources/a.yaml', yaml('a', 1))
    await drop(store, 'input/resources/b.yaml', yaml('b', 2))
    await store.list('Listener')
    await writeFile(path, yaml('a', 'many'))
    for (const view of [store, reopened(store)]) {
      expect(await view.problems()).toEqual([
        {
          file: 'input/resources/a.yaml',
          line: 8,
          message: 'Listener a: spec.port is "many"; wanted an integer from 1 to 65535',
        },
      ])
      expect(await view.get('Listener', 'a')).toMatchObject({ spec: { port: 1 } })
      expect(await names(view)).toEqual(['a', 'b'])
    }
    await writeFile(path, yaml('a', 3))
    expect(await store.problems()).toEqual([])
    expect(await store.get('Listener', 'a')).toMatchObject({ spec: { port: 3 } })
  })

  it.each([
    ['syntax', 'kind: [', 1],
    ['a document of several', `${yaml('c', 1)}---\nkind: Listener\n`, 10],
    ['a key twice', 'kind: Listener\nkind: Link\n', 2],
    ['an unknown kind', '\nkind: Pod\n', 2],
    ['plain text', 'hello', 1],
  ])('changes nothing else: %s', async (_what, text, line) => {
    const store = await emptyStore()
    await store.apply(listener('a'))
    await drop(store, 'input/resources/broken.yaml', text)
    expect(await store.problems()).toMatchObject([{ file: 'input/resources/broken.yaml', line }])
    expect(await names(store)).toEqual(['a'])
  })

  it('that was never sound is forgotten when it goes', async () => {
    const store = await emptyStore()
    const path = await drop(store, 'input/resources/a.yaml', yaml('a', 1))
    await store.list('Listener')
    await rm(path)
    expect(await names(store)).toEqual([])
    await writeFile(path, 'kind: [')
    expect(await names(store)).toEqual([])
  })

  it('is never overwritten', async () => {
    const store = await emptyStore()
    const path = await drop(store, 'input/resources/Listener-a.yaml', yaml('a', 1))
    await store.list('Listener')
    await writeFile(path, 'kind: [')
    await expect(store.apply(listener('a'))).rejects.toMatchObject({ code: 'store/broken-file' })
    await expect(store.delete('Listener', 'a')).rejects.toMatchObject({ code: 'store/broken-file' })
    expect(await readFile(path, 'utf8')).toBe('kind: [')
  })

  it('is one that defines what another file defines', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/1.yaml', yaml('a', 1))
    await drop(store, 'input/resources/2.yaml', yaml('a', 2))
    expect(await store.get('Listener', 'a')).toMatchObject({ spec: { port: 1 } })
    expect(await store.problems()).toMatchObject([{ file: 'input/resources/2.yaml' }])
  })

  it('does not count where its name is not one of a resource', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/.a.yaml.swp', 'kind: [')
    await drop(store, 'input/resources/README', 'kind: [')
    await mkdir(store.path('input/resources/old.yaml'))
    expect(await store.problems()).toEqual([])
  })
})

describe('modes', () => {
  it('of dropped secrets and open directories are closed', async () => {
    const store = await emptyStore()
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: {} }
    const path = await drop(store, 'input/resources/s.yaml', JSON.stringify(secret))
    const other = await drop(store, 'input/resources/l.yaml', yaml('l', 1))
    await chmod(path, 0o644)
    await chmod(other, 0o644)
    await chmod(store.path(), 0o755)
    await store.list('Secret')
    expect([await mode(path), await mode(other), await mode(store.path())]).toEqual(['600', '644', '700'])
  })
})

describe('watch', () => {
  it('tells of changes by others, also after the directory went and came back', async () => {
    const store = await emptyStore()
    await drop(store, 'input/resources/a.yaml', yaml('a', 1))
    const end = new AbortController()
    let changes = 0
    store.watch(() => (changes += 1), end.signal)
    const changed = async (action: () => Promise<unknown>): Promise<void> => {
      const before = changes
      await eventually(async () => {
        await action()
        return changes > before
      })
    }
    await changed(() => drop(store, 'input/resources/b.yaml', yaml('b', Math.ceil(Math.random() * 1000))))
    await changed(() => rm(store.path(), { recursive: true, force: true }))
    await changed(() => reopened(store).apply(listener('c', Math.ceil(Math.random() * 1000))))
    await changed(() => reopened(store).applyRuntime(listener('d', Math.ceil(Math.random() * 1000))))
    end.abort()
  })

  it('does not begin after the end', async () => {
    const store = await emptyStore()
    store.watch(() => expect.fail('it was told'), AbortSignal.abort())
    await store.apply(listener('a'))
  })
})

describe('a namespace', () => {
  it('goes as a whole', async () => {
    const store = await emptyStore()
    const dir = join(store.path(), '..', '..')
    await store.apply(listener('a'))
    expect(await namespacesIn(dir)).toEqual(['default'])
    await store.destroy()
    await store.destroy()
    expect(await namespacesIn(dir)).toEqual([])
    expect(await readdir(join(dir, 'namespaces'))).toEqual([])
  })

  it('that is not there is empty', async () => {
    const store = await emptyStore()
    expect(await names(store)).toEqual([])
    expect(await store.problems()).toEqual([])
    expect(await namespacesIn(store.path())).toEqual([])
    expect(await store.delete('Listener', 'a')).toBe(false)
    expect(await store.credentials('a')).toBeUndefined()
  })

  it.each(['..', 'a/b', '', 'A'])('cannot be called "%s"', (namespace) => {
    expect(() => openStore({ dir: '/nowhere', namespace })).toThrow(
      expect.objectContaining({ code: 'store/invalid-name', given: namespace }),
    )
  })
})

it('lets many writers in one after the other', async () => {
  const store = await emptyStore()
  const writers = [store, reopened(store), reopened(store)]
  await drop(store, 'input/resources/all.yaml', yaml('first', 1))
  const four = [1, 2, 3, 4]
  await Promise.all(writers.flatMap((writer, w) => four.map((n) => writer.apply(listener('first', 10 * n + w)))))
  await Promise.all(writers.flatMap((writer, w) => four.map((n) => writer.apply(listener(`l-${String(10 * n + w)}`)))))
  expect(await names(store)).toHaveLength(13)
  expect((await store.get('Listener', 'first'))?.metadata.generation).toBe(12)
})

it('clears away what a killed writer left', async () => {
  const store = await emptyStore()
  await drop(store, 'input/resources/.00ff-Listener-a.yaml.tmp', 'half')
  await store.apply(listener('a'))
  expect(await readdir(store.path('input/resources'))).toEqual(['Listener-a.yaml'])
})
