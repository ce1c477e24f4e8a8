import { deployment } from '../workloads.ts'

/** The files that the guide's commands name, by name. Those that it prints are as it prints them. */
export const GUIDE_FILES: Readonly<Record<string, string>> = {
  'backend.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: backend
  namespace: default
spec:
  replicas: 3
  selector:
    matchLabels:
      app: backend
  template:
    metadata:
      labels:
        app: backend
    spec:
      containers:
      - name: backend
        image: backend:v1
        ports:
        - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: backend
  namespace: default
spec:
  selector:
    app: backend
  ports:
  - port: 8080
    targetPort: 8080
`,
  'grpc-service.yaml': deployment({ name: 'grpc-service', image: 'backend', replicas: 1, port: 50_051, speaks: 'h2c' }),
  'api-deployment.yaml': deployment({ name: 'api', image: 'backend', replicas: 3, port: 8080 }),
  'allow-skupper.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-skupper
  namespace: default
spec:
  podSelector:
    matchLabels:
      app: backend
  policyTypes:
  - Ingress
  ingress:
  - from:
    - namespaceSelector:
        matchLabels:
          name: default
    - podSelector:
        matchLabels:
          application: skupper-router
    ports:
    - protocol: TCP
      port: 8080
`,
  'backend-istio.yaml': `apiVersion: v1
kind: Service
metadata:
  name: backend
  namespace: default
  labels:
    app: backend
  annotations:
    # Disable Istio sidecar injection for Skupper proxy
    sidecar.istio.io/inject: "false"
spec:
  selector:
    app: backend
  ports:
  - port: 8080
`,
}
