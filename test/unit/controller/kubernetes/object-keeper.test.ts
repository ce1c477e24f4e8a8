import { expect, test } from 'vitest'
import { ObjectKeeper } from '../../../../controller/kubernetes/object-keeper.ts'
import { keyOf } from '../../../../controller/kubernetes/object-plan.ts'
import { owned } from '../../../../controller/kubernetes/site-labels.ts'
import type { KubeObject, ResourceType } from '../../../../core/kube/kube-object.ts'
import { SERVICE } from '../../../../core/kube/resource-types.ts'
import { SkupperError } from '../../../../core/model/error.ts'
import { owner } from '../../../support/cluster-objects.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'

const service = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})
const ours = (name: string, spec: object = {}) => owned(service(name, spec), owner())

/** An API server in memory, of which the keeper sees what carries its label. */
function cluster(objects: readonly KubeObject[] = []) {
  const stored = new Map(objects.map((object) => [object.metadata.name, object]))
  const seen = new Map(stored)
  const calls: string[] = []
  let version = 0
  const client = {
    get: (_type: ResourceType, name: string) => Promise.resolve(stored.get(name)),
    apply: (object: KubeObject) => {
      calls.push(`apply ${object.metadata.name}`)
      if (object.metadata.name === 'forbidden') throw new SkupperError('kube/forbidden', 'may not patch services')
      const before: unknown = stored.get(object.metadata.name)?.['spec']
      if (JSON.stringify(before ?? '').includes('in the way'))
        throw new SkupperError('kube/invalid', 'ports: Duplicate value')
      version += 1
      const made = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
      stored.set(object.metadata.name, made)
      return Promise.resolve(made)
    },
    patch: (_type: ResourceType, { name }: { name: string }, patch: object) => {
      calls.push(`patch ${name}`)
      version += 1
      const before = stored.get(name) ?? service(name)
      const made = { ...before, ...patch, metadata: { ...before.metadata, resourceVersion: String(version) } }
      stored.set(name, made)
      return Promise.resolve(made)
    },
    delete: (_type: ResourceType, name: string) => {
      calls.push(`delete ${name}`)
      return Promise.resolve(stored.delete(name))
    },
  }
  const keeper = new ObjectKeeper({
    client,
    types: new Map([['Service', SERVICE]]),
    seen: () => [...seen.values()],
    wrote: (object) => seen.set(object.metadata.name, object),
    deleted: (object) => seen.delete(object.metadata.name),
    pace: (apply) => apply,
    log: new RecordedLog(),
  })
  return { keeper, stored, seen, calls }
}

test('makes what is missing, removes what is unwanted, and then rests', async () => {
  const { keeper, calls } = cluster([ours('stale')])
  await keeper.keep([ours('a')], { mayRemove: false })
  expect(calls).toEqual(['apply a'])
  await keeper.keep([ours('a')], { mayRemove: true })
  await keeper.keep([ours('a')], { mayRemove: true })
  expect(calls).toEqual(['apply a', 'delete stale'])
})

test('what somebody removed or changed is made again at once', async () => {
  const { keeper, seen, calls } = cluster()
  await keeper.keep([ours('a', { port: 1 })], { mayRemove: true })
  seen.delete('a')
  await keeper.keep([ours('a', { port: 1 })], { mayRemove: true })
  seen.set('a', { ...ours('a', { port: 2 }), spec: { port: 2 } })
  await keeper.keep([ours('a', { port: 1 })], { mayRemove: true })
  expect(calls).toEqual(['apply a', 'apply a', 'apply a'])
})

test('what a server puts in other words is not written over and over', async () => {
  const { keeper, seen, calls } = cluster()
  await keeper.keep([ours('a', { memory: '0.5Gi' })], { mayRemove: true })
  const made = seen.get('a')
  if (made !== undefined) seen.set('a', { ...made, spec: { memory: '512Mi' } })
  await keeper.keep([ours('a', { memory: '0.5Gi' })], { mayRemove: true })
  expect(calls).toEqual(['apply a'])
})

test("what is somebody else's stays, also where only the server knows of it", async () => {
  const { keeper, stored, calls } = cluster([service('theirs')])
  stored.set('unseen', service('unseen'))
  const failures = await keeper.keep([ours('theirs'), ours('unseen')], { mayRemove: true })
  expect([...failures.keys()].sort()).toEqual(['Service theirs', 'Service unseen'])
  expect(calls).toEqual([])
})

test('one that fails does not stop the others, and is told', async () => {
  const { keeper, stored } = cluster()
  const failures = await keeper.keep([ours('forbidden'), ours('b')], { mayRemove: true })
  expect([...failures]).toEqual([['Service forbidden', 'may not patch services']])
  expect([...stored.values()].map(keyOf)).toEqual(['Service b'])
})

test('where what somebody added stands in the way, it is set as a whole', async () => {
  const edited = { ports: [{ name: 'web', port: 1, note: 'in the way' }] }
  const { keeper, stored, calls } = cluster([ours('a', edited)])
  const wanted = { ports: [{ name: 'web', port: 80 }] }
  expect(await keeper.keep([ours('a', wanted)], { mayRemove: false })).toEqual(new Map())
  expect(calls).toEqual(['apply a', 'patch a'])
  expect(stored.get('a')?.['spec']).toEqual(wanted)
})
