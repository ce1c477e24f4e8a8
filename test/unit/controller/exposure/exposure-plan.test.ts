import { expect, it } from 'vitest'
import { exposedResources } from '../../../../controller/exposure/exposed-resources.ts'
import { planExposure } from '../../../../controller/exposure/exposure-plan.ts'
import type { Listener } from '../../../../core/model/listener.ts'
import { exposureOf, NO_POLICIES } from '../../../../core/model/exposure/exposure-of.ts'
import { deployment, exposable, SHOP } from '../../../support/exposable.ts'

function desired(annotations: Record<string, string>) {
  const object = exposable(deployment({ annotations }))
  const decision = exposureOf(object, SHOP, NO_POLICIES)
  return exposedResources(decision.outcome === 'exposed' ? [{ object, exposure: decision.exposure }] : [])
}

const NONE = { listeners: [], connectors: [] }
const http = desired({ 'skupper.io/proxy': 'http' })
const theirs = (name: string, labels = {}): Listener => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'Listener',
  metadata: { name, labels },
  spec: { routingKey: 'web:8080', host: 'web', port: 8080 },
})
const names = (plan: ReturnType<typeof planExposure>) => ({
  write: plan.write.map(({ kind }) => kind),
  remove: plan.remove.map(({ kind }) => kind),
})

it('writes what is missing, nothing twice, and removes what nobody asks for any more', () => {
  expect(names(planExposure(NONE, http))).toEqual({ write: ['Listener', 'Connector'], remove: [] })
  expect(names(planExposure(http, http))).toEqual({ write: [], remove: [] })
  expect(names(planExposure(http, { ...NONE, problems: [] }))).toEqual({ write: [], remove: ['Listener', 'Connector'] })
})

it('writes what changed, whoever changed it', () => {
  expect(names(planExposure(http, desired({ 'skupper.io/proxy': 'tcp' })))).toEqual({
    write: ['Listener', 'Connector'],
    remove: [],
  })
  const labelled = desired({ 'skupper.io/proxy': 'http', 'skupper.io/service-labels': 'a=b' })
  expect(names(planExposure(http, labelled)).write).toHaveLength(2)
  const moved = desired({ 'skupper.io/proxy': 'http', 'skupper.io/address': 'x' })
  expect(names(planExposure(http, moved))).toEqual({
    write: ['Listener', 'Connector'],
    remove: ['Listener', 'Connector'],
  })
})

it('does not count what the place adds to its objects', () => {
  const kept = http.listeners.map((listener) => ({
    ...listener,
    metadata: {
      ...listener.metadata,
      uid: 'u',
      labels: { ...listener.metadata.labels, 'app.kubernetes.io/part-of': 'skupper' },
    },
  }))
  expect(names(planExposure({ ...http, listeners: kept }, http)).write).toEqual([])
})

it("leaves a user's Listener and takes the place of a synced one", () => {
  for (const name of ['web-8080', 'mine']) {
    expect(names(planExposure({ listeners: [theirs(name)], connectors: [] }, http))).toEqual({
      write: ['Connector'],
      remove: [],
    })
  }
  const synced = theirs('web-8080', { 'skupper.io/synced': 'true' })
  expect(names(planExposure({ listeners: [synced], connectors: [] }, http)).write).toEqual(['Listener', 'Connector'])
})
