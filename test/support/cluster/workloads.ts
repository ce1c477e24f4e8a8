/** What a test names an object by, and says of it. */
interface Named {
  readonly name: string
  /** YAML of the annotations within braces: `skupper.io/expose: "true"`. */
  readonly annotations?: string
  readonly labels?: string
}

interface Workload extends Named {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly image?: string
  readonly replicas?: number
  readonly port?: number
  readonly speaks?: 'http' | 'h2c' | 'https'
  /** Secret with what `https` is spoken with. */
  readonly tls?: string
  /** Of its pods, YAML within braces; `app: NAME` where not given. */
  readonly podLabels?: string
  readonly graceSeconds?: number
  /** A probe over HTTP tells what the pods speak. */
  readonly probe?: 'http' | 'tcp'
}

const DEFAULTS = {
  ...{ kind: 'Deployment', image: 'backend', replicas: 1, port: 8080 },
  ...{ speaks: 'http', graceSeconds: 1, probe: 'tcp' },
} as const

/** Pods labelled `app: NAME`, where nothing else is said, that answer each request with their own name, and `/health` with OK. */
export function workload(wanted: Workload): string {
  const { kind, name, image, replicas, port, speaks, graceSeconds, probe, ...keys } = { ...DEFAULTS, ...wanted }
  const size = kind === 'DaemonSet' ? '' : `replicas: ${String(replicas)}`
  const at = `port: ${String(port)}`
  const { tls, podLabels = `app: ${name}` } = wanted
  return `---
apiVersion: apps/v1
kind: ${kind}
metadata: ${metadata({ name, ...keys })}
spec:
  ${size}
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : ''}
  selector: {matchLabels: {${podLabels}}}
  template:
    metadata: {labels: {${podLabels}}}
    spec:
      terminationGracePeriodSeconds: ${String(graceSeconds)}
      containers:
      - name: ${name}
        image: ${image}:v1
        env: [{name: PORT, value: "${String(port)}"}, {name: SPEAKS, value: ${speaks}}]
        ports: [{containerPort: ${String(port)}}]
        readinessProbe: {${probe === 'http' ? `httpGet: {path: /health, ${at}}` : `tcpSocket: {${at}}`}, periodSeconds: 1}
${tls === undefined ? '' : mounted(tls)}`
}

const mounted = (secret: string): string => `        volumeMounts: [{name: tls, mountPath: /tls}]
      volumes: [{name: tls, secret: {secretName: ${secret}}}]
`

/** A Deployment of the guide; its image has its name where no other is given. */
export function deployment({ speaks = 'http', ...rest }: Workload): string {
  return workload({ image: rest.name, probe: speaks === 'http' ? 'http' : 'tcp', speaks, ...rest })
}

/** A Service for the pods of the workload `of`; its name and port are those of the workload and 80 by default. */
export function service({ of, name = of, port = 80, ...keys }: Partial<Named> & { of: string; port?: number }): string {
  return `---
apiVersion: v1
kind: Service
metadata: ${metadata({ name, ...keys })}
spec:
  selector: {app: ${of}}
  ports: [{port: ${String(port)}, targetPort: 8080}]
`
}

/** The Deployment `backend` of the guide, without its Service: each pod answers with its own name. */
export const backend = (replicas: number): string => deployment({ name: 'backend', replicas })

/** The Deployment `frontend` of the guide, whose pods have curl. */
export const FRONTEND = deployment({ name: 'frontend' })

function metadata({ name, annotations = '', labels = '' }: Named): string {
  return `{name: ${name}, annotations: {${annotations}}, labels: {${labels}}}`
}
