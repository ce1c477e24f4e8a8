import { expect, test } from 'vitest'
import { claimPatch } from '../../../../controller/kubernetes/claimed-services.ts'
import { owned, ROUTER_LABELS } from '../../../../controller/kubernetes/site-labels.ts'
import type { Service } from '../../../../core/kube/library-objects.ts'
import { owner, userService } from '../../../support/cluster-objects.ts'

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

test('a Service of ours stays ours', () => {
  expect(claimPatch(ours())).toBeUndefined()
})

test("a user's Service is not ours to give back", () => {
  const users = userService('api', [{ port: 8080 }])
  expect(
    claimPatch({ ...users, metadata: { ...users.metadata, annotations: { [LAST_APPLIED]: '{}' } } }),
  ).toBeUndefined()
})

test('one that the user has applied since gets the spec that the user wrote, and nothing of us', () => {
  const applied = { spec: { selector: { app: 'api' }, ports: [{ port: 8080, targetPort: 8080 }] } }
  expect(claimPatch(ours(JSON.stringify(applied)))).toEqual({
    metadata: {
      resourceVersion: '7',
      labels: {
        'internal.skupper.io/site': null,
        'app.kubernetes.io/managed-by': null,
        'app.kubernetes.io/part-of': null,
      },
      annotations: { 'internal.skupper.io/desired': null, 'internal.skupper.io/controlled': null },
      ownerReferences: [],
      managedFields: [{}],
    },
    spec: {
      selector: { application: null, 'skupper.io/component': null, app: 'api' },
      ports: [{ port: 8080, targetPort: 8080 }],
    },
  })
})

test('what was applied and cannot be read claims nothing', () => {
  for (const text of ['', 'no JSON', '{}', '{"spec":{"ports":8080}}']) expect(claimPatch(ours(text))).toBeUndefined()
})

/** A Service of ours, and what `kubectl apply` left on it. */
function ours(lastApplied?: string): Service {
  const annotations = lastApplied === undefined ? {} : { [LAST_APPLIED]: lastApplied }
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'api', resourceVersion: '7', annotations },
    spec: { selector: { ...ROUTER_LABELS }, ports: [{ port: 8080, targetPort: 1024 }] },
  }
  return owned(service, owner())
}
