import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import { backend, FRONTEND, service } from '../support/cluster/workloads.ts'

const ROUTER = `
apiVersion: v1
kind: ConfigMap
metadata: {name: skrouterd}
data:
  skrouterd.json: |
    [["router", {"id": "a", "mode": "interior"}],
     ["listener", {"name": "http", "http": true, "host": "", "port": 9090}],
     ["tcpConnector", {"name": "c", "address": "backend:8080", "host": "backend", "port": 8080}],
     ["tcpListener", {"name": "l", "address": "backend:8080", "host": "", "port": 1024}]]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: router}
spec:
  selector: {matchLabels: {app: router}}
  template:
    metadata: {labels: {app: router}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: router
        image: localhost/skupper:${packageJson.version}
        args: [router, --config, /etc/skupper-router/skrouterd.json]
        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
        readinessProbe: {httpGet: {path: /healthz, port: 9090}, periodSeconds: 1}
        volumeMounts: [{name: config, mountPath: /etc/skupper-router}]
      volumes: [{name: config, configMap: {name: skrouterd}}]
---
apiVersion: v1
kind: Service
metadata: {name: through-router}
spec:
  selector: {app: router}
  ports: [{port: 8080, targetPort: 1024}]
`

describe.skipIf(CLUSTERS.length === 0)('the image', () => {
  test('runs the router as nobody, with a root that cannot be written, and carries a request', async () => {
    const [here] = await clusterNamespaces(1)
    if (here === undefined) throw new Error('no cluster')
    await here.apply(backend(1) + service({ of: 'backend', port: 8080 }) + FRONTEND)
    await here.kubectl(['label', 'namespace', here.name, 'pod-security.kubernetes.io/enforce=restricted'])
    await here.apply(ROUTER)
    expect(await here.curlUntilAnswered('http://through-router:8080/', 20_000)).toMatch(/^backend-/)
  })
})
