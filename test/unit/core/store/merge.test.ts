import { describe, expect, it } from 'vitest'
import { FROM_INPUT_ANNOTATION } from '../../../../core/model/annotation-names.ts'
import type { Site } from '../../../../core/model/site.ts'
import { markedCopy, merged, withoutStatus } from '../../../../core/store/merge.ts'

const site = (name: string, more: Partial<Site> = {}): Site => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'Site',
  metadata: { name },
  spec: {},
  ...more,
})
const status = { status: 'Ready' }

describe('merged', () => {
  it('joins the user’s spec and the controller’s status', () => {
    const user = site('a', { spec: { edge: true }, status: { status: 'mine' } })
    const runtime = site('a', { metadata: { name: 'a', uid: 'u' }, status })
    expect(merged([user], [runtime])).toEqual([
      site('a', { metadata: { name: 'a', uid: 'u' }, spec: { edge: true }, status }),
    ])
    expect(merged([user], [])[0]?.status).toBeUndefined()
  })

  it('keeps the uid that the user’s file has', () => {
    const own = { name: 'a', uid: 'mine' }
    expect(merged([site('a', { metadata: own })], [site('a', { metadata: { name: 'a', uid: 'u' } })])).toMatchObject([
      { metadata: { uid: 'mine' } },
    ])
  })

  it('shows the controller’s own and hides copies of what is gone, by name', () => {
    const runtime = [site('own'), markedCopy(site('gone'), true)]
    expect(merged([site('z')], runtime).map(({ metadata }) => metadata.name)).toEqual(['own', 'z'])
  })
})

it('marks and unmarks a copy without losing other annotations', () => {
  const noted = site('a', { metadata: { name: 'a', annotations: { note: 'kept' } } })
  const marked = markedCopy(noted, true)
  expect(marked.metadata.annotations).toEqual({ note: 'kept', [FROM_INPUT_ANNOTATION]: 'true' })
  expect(markedCopy(marked, false).metadata.annotations).toEqual({ note: 'kept' })
  expect(markedCopy(markedCopy(site('a'), true), false).metadata.annotations).toBeUndefined()
})

it('takes a status away', () => {
  expect(withoutStatus(site('a', { status })).status).toBeUndefined()
})
