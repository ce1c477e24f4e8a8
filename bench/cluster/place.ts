import { ClusterNamespace } from '../../test/support/cluster/kubectl.ts'

/** A namespace of one cluster, with what a bench asks of its pods. */
export class Place extends ClusterNamespace {
  /** Runs a program of the load image in a pod of `frontend`; it answers with a line of JSON. */
  async inPod(program: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const command = ['exec', 'deployment/frontend', '--', '/usr/local/bin/node', `/app/${program}`, ...args.map(String)]
    return JSON.parse(await this.kubectl(command))
  }

  /** Resident memory of a Deployment's first process, in MiB. */
  async memory(deployment: string): Promise<number> {
    const read = "process.stdout.write(require('fs').readFileSync('/proc/1/status'))"
    const status = await this.kubectl(['exec', `deployment/${deployment}`, '--', '/usr/local/bin/node', '-e', read])
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024
  }
}
