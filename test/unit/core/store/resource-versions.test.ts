import { describe, expect, it } from 'vitest'
import type { Site } from '../../../../core/model/site.ts'
import { inputVersion, isSame, runtimeVersion } from '../../../../core/store/resource-versions.ts'

const birth = { uid: 'new', creationTimestamp: '2026-11-23T08:00:00Z' }
const site = (spec: Site['spec'], metadata: Partial<Site['metadata']> = {}): Site => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'Site',
  metadata: { name: 'a', ...metadata },
  spec,
})

describe('inputVersion', () => {
  it('is born with uid, time and generation 1', () => {
    expect(inputVersion(site({}), undefined, birth).metadata).toEqual({ name: 'a', generation: 1, ...birth })
  })

  it('keeps its identity and counts changes of the spec', () => {
    const before = site({ edge: true }, { uid: 'old', creationTimestamp: 'then', generation: 4 })
    const same = inputVersion(site({ edge: true, ha: undefined }), before, birth)
    expect(same.metadata).toEqual(before.metadata)
    expect(inputVersion(site({ edge: false }), before, birth).metadata).toEqual({ ...before.metadata, generation: 5 })
  })

  it('has no generation where there is no spec', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } } as const
    expect(inputVersion(secret, undefined, birth).metadata).toEqual({ name: 's', ...birth })
  })
})

it('runtimeVersion has the identity of what the user wrote', () => {
  const input = site({}, { uid: 'mine' })
  const before = site({}, { uid: 'other', creationTimestamp: 'then' })
  const next = runtimeVersion(site({}), { input, before }, birth)
  expect(next.metadata).toMatchObject({ uid: 'mine', creationTimestamp: 'then' })
  expect(runtimeVersion(site({}), { input: undefined, before: undefined }, birth).metadata).toMatchObject(birth)
})

it('isSame takes undefined for absent', () => {
  expect(isSame(site({ ha: undefined }), site({}))).toBe(true)
  expect(isSame(site({ ha: true }), site({}))).toBe(false)
  expect(isSame(undefined, site({}))).toBe(false)
})
