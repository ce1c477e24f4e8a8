/** Objects with pods that answer with their own name, annotated as a test says. */

export interface Annotated {
  readonly name: string
  /** YAML of the annotations within braces: `skupper.io/expose: "true"`. */
  readonly annotations?: string
  readonly labels?: string
}

export interface Pods extends Annotated {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly replicas?: number
  readonly speaks?: 'http' | 'h2c'
}

/** A workload whose pods are labelled `app: NAME` and listen on port 8080. */
export function workload({ kind = 'Deployment', name, replicas = 1, speaks = 'http', ...keys }: Pods): string {
  const size = kind === 'DaemonSet' ? '' : `replicas: ${String(replicas)}`
  return `---
apiVersion: apps/v1
kind: ${kind}
metadata: ${metadata({ name, ...keys })}
spec:
  ${size}
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : ''}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: ${name}
        image: backend:v1
        env: [{name: SPEAKS, value: ${speaks}}]
        ports: [{containerPort: 8080}]
        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
`
}

/** A Service on port 80 for the pods of a workload. */
export function service({ of, ...keys }: Annotated & { of: string }): string {
  return `---
apiVersion: v1
kind: Service
metadata: ${metadata(keys)}
spec:
  selector: {app: ${of}}
  ports: [{port: 80, targetPort: 8080}]
`
}

function metadata({ name, annotations = '', labels = '' }: Annotated): string {
  return `{name: ${name}, annotations: {${annotations}}, labels: {${labels}}}`
}
