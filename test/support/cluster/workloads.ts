/** The Deployment `backend` of the guide, without its Service: each pod answers with its own name. */
export const backend = (replicas: number): string => deployment({ name: 'backend', replicas, port: 8080 })

/** The Deployment `frontend` of the guide, whose pods have curl. */
export const FRONTEND = deployment({ name: 'frontend', replicas: 1, port: 8080 })

/** A Service for the pods of a Deployment. */
export const serviceFor = (name: string, port: number): string => `---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector: {app: ${name}}
  ports: [{port: ${String(port)}, targetPort: 8080}]
`

interface Workload {
  readonly name: string
  /** Without its tag; the name where it is another. */
  readonly image?: string
  readonly replicas: number
  readonly port: number
  readonly speaks?: 'http' | 'h2c' | 'https'
  /** Secret with what `https` is spoken with. */
  readonly tls?: string
  /** Of its pods, YAML within braces; `app: NAME` where not given. */
  readonly labels?: string
  readonly graceSeconds?: number
}

/** Pods that answer each request with their own name, and `/health` with OK. */
export function deployment({
  name,
  image = name,
  replicas,
  port,
  speaks = 'http',
  tls,
  labels = `app: ${name}`,
  graceSeconds = 1,
}: Workload): string {
  const probe =
    speaks === 'http' ? `httpGet: {path: /health, port: ${String(port)}}` : `tcpSocket: {port: ${String(port)}}`
  return `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${String(replicas)}
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec:
      terminationGracePeriodSeconds: ${String(graceSeconds)}
      containers:
      - name: ${name}
        image: ${image}:v1
        env: [{name: PORT, value: "${String(port)}"}, {name: SPEAKS, value: ${speaks}}]
        ports: [{containerPort: ${String(port)}}]
        readinessProbe: {${probe}, periodSeconds: 1}
${tls === undefined ? '' : `        volumeMounts: [{name: tls, mountPath: /tls}]\n      volumes: [{name: tls, secret: {secretName: ${tls}}}]\n`}`
}
