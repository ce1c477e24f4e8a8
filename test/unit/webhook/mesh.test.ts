import { expect, it } from 'vitest'
import { isInMesh, isStrict, type PeerAuthentication } from '../../../webhook/mesh.ts'
import { deployment, exposable } from '../../support/exposable.ts'

const web = exposable(deployment({}))

it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
  ['no labels', {}, {}, false],
  ['injection enabled', { 'istio-injection': 'enabled' }, {}, true],
  ['injection disabled', { 'istio-injection': 'disabled', 'istio.io/rev': 'x' }, {}, false],
  ['a revision', { 'istio.io/rev': 'stable' }, {}, true],
  ['a revision of the pods', {}, { 'istio.io/rev': 'stable' }, true],
  ['pods without a sidecar', { 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' }, false],
  ['pods with a sidecar', {}, { 'sidecar.istio.io/inject': 'true' }, true],
  ['ambient', { 'istio.io/dataplane-mode': 'ambient' }, {}, true],
  [
    'ambient, but not these pods',
    { 'istio.io/dataplane-mode': 'ambient' },
    { 'istio.io/dataplane-mode': 'none' },
    false,
  ],
])('in the mesh: %s', (_what, ...[namespaceLabels, podLabels, wanted]) => {
  expect(isInMesh({ ...web, podLabels }, namespaceLabels)).toBe(wanted)
})

const rule = (namespace: string, mode: string, matchLabels?: Record<string, string>): PeerAuthentication => ({
  metadata: { name: 'x', namespace },
  spec: { mtls: { mode }, ...(matchLabels && { selector: { matchLabels } }) },
})

it.each<[string, PeerAuthentication[], boolean]>([
  ['no rule', [], false],
  ['all namespaces', [rule('istio-system', 'STRICT')], true],
  ['another namespace', [rule('other', 'STRICT')], false],
  ['the namespace before all', [rule('istio-system', 'STRICT'), rule('shop', 'PERMISSIVE')], false],
  ['the pods before the namespace', [rule('shop', 'PERMISSIVE'), rule('shop', 'STRICT', { app: 'web' })], true],
  ['other pods', [rule('shop', 'STRICT', { app: 'db' })], false],
  ['unset is inherited', [rule('istio-system', 'STRICT'), rule('shop', 'UNSET')], true],
])('mutual TLS only: %s', (_what, rules, wanted) => {
  expect(isStrict(web, rules)).toBe(wanted)
})
