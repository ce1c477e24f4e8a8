import { expect, test } from 'vitest'
import { leadsTo, targetAnnotation, targetName, targetOf } from '../../../plugin/target.ts'
import { connector } from '../../support/resources.ts'
import { thrownCode } from '../../support/thrown-code.ts'

const TYPES = ['deployment', 'service']

test('a target is named in one word or two, and as kubectl takes it', () => {
  expect(targetName(TYPES, 'deployment', 'backend')).toEqual({ type: 'deployment', name: 'backend' })
  expect(targetName(TYPES, 'deployment/backend')).toEqual({ type: 'deployment', name: 'backend' })
  expect(targetName(TYPES, 'svc/web')).toEqual({ type: 'service', name: 'web' })
})

test('a target that is none is refused', () => {
  expect(thrownCode(() => targetName(TYPES, 'pods', 'x'))).toBe('target/type')
  expect(thrownCode(() => targetName(TYPES, 'deployment'))).toBe('target/name')
  expect(thrownCode(() => targetName(TYPES, 'deployment/'))).toBe('target/name')
  expect(thrownCode(() => targetName(TYPES, 'deployment/a', 'b'))).toBe('target/name')
})

test('a connector knows what it leads to', () => {
  const ofHost = connector('api:80', 'db.example')
  expect(targetOf(ofHost)).toBe('host/db.example')
  expect(leadsTo(ofHost, { type: 'host', name: 'db.example' })).toBe(true)
  const backend = { type: 'deployment', name: 'backend' }
  const annotations = targetAnnotation(backend)
  const ofWorkload = { ...ofHost, metadata: { ...ofHost.metadata, annotations } }
  expect(leadsTo(ofWorkload, backend)).toBe(true)
  expect(leadsTo(ofWorkload, { type: 'service', name: 'backend' })).toBe(false)
  expect(targetAnnotation({ type: 'host', name: 'x' })).toEqual({})
})
