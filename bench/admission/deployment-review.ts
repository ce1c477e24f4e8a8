/** What an API server asks about a new Deployment of a usual size, with an annotation of ours or without. */
export function deploymentReview(annotated: boolean): object {
  const env = Array.from({ length: 20 }, (_, i) => ({ name: `SETTING_${String(i)}`, value: 'x'.repeat(40) }))
  const container = { name: 'web', image: 'web:v1', ports: [{ containerPort: 8080 }], env }
  const annotations = { 'example.com/owner': 'shop', ...(annotated && { 'skupper.io/expose': 'true' }) }
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', annotations, labels: { app: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    },
  }
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' }
  const asked = { uid: 'u', kind, operation: 'CREATE', namespace: 'shop', name: 'web', userInfo: { username: 'x' } }
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { ...asked, object, oldObject: null } }
}
