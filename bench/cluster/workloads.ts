/** A Deployment of the workload images; each pod answers with its own name, `/bytes/N` with N bytes. */
export const workload = (name: string, image: string, replicas: number): string => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${String(replicas)}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: ${name}
        image: ${image}:v1
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 1}
`

const keyed = (index: number): string => `routingKey: many-${String(index)}`

/** A Connector for each number from 1 to `count`, all to the pods of `app`. */
export const manyConnectors = (count: number, app: string): string =>
  numbered(count, 'Connector', (index) => `${keyed(index)}, selector: "app=${app}", port: 8080`)

/** A Listener `many-N:8080` for each number from 1 to `count`. */
export const manyListeners = (count: number): string =>
  numbered(count, 'Listener', (index) => `${keyed(index)}, host: many-${String(index)}, port: 8080`)

function numbered(count: number, kind: string, spec: (index: number) => string): string {
  const objects = Array.from({ length: count }, (_, at) => {
    const metadata = `{name: many-${String(at + 1)}}`
    return `---\napiVersion: skupper.io/v2alpha1\nkind: ${kind}\nmetadata: ${metadata}\nspec: {${spec(at + 1)}}\n`
  })
  return objects.join('')
}
