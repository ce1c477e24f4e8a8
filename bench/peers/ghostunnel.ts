import { accepting, startChild, type Child } from '../child.ts'
import { freePorts, running, SERVICES, type Peer } from './peer.ts'

/** Two ghostunnel processes for each backend: it carries one service at a time. */
export const ghostunnel: Peer = {
  name: 'ghostunnel',
  lacks: (setting) => setting.ghostunnelLack,
  async start({ ghostunnel: program, certificates, backend }) {
    const [near, link] = [await freePorts(), await freePorts()]
    const { ca, certificate, key } = certificates
    const files = ['--cert', certificate, '--key', key, '--cacert', ca, '--quiet', 'conns']
    const at = (port: number) => `127.0.0.1:${String(port)}`
    const children: Child[] = []
    for (const name of SERVICES) {
      const far = ['--listen', at(link[name]), '--target', at(backend[name]), '--allow-cn', 'bench']
      const here = ['--listen', at(near[name]), '--target', at(link[name])]
      children.push(await startChild(program, ['server', ...files, ...far]))
      children.push(await startChild(program, ['client', ...files, ...here]))
      await accepting(near[name])
    }
    return running(near, children)
  },
}
