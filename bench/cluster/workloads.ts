import { deployment } from '../../test/support/cluster/workloads.ts'

/** A Deployment of the workload images whose pods take some time to end, as a user's do; `/bytes/N` gives N bytes. */
export const workload = (name: string, replicas: number): string =>
  deployment({ name, replicas, port: 8080, graceSeconds: 5 })

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
