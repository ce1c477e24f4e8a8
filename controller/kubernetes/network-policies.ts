import type { KubeObject } from '../../core/kube/kube-object.ts'
import { SITE_CONTROLLER } from '../../core/kube/site-rbac.ts'
import { DEFAULT_ROLE_PORTS } from '../../core/model/router-access.ts'
import { HEALTH_PORT, MANAGEMENT_PORT, PEER_PORT, TOKEN_PORT } from './cluster-ports.ts'
import { ROUTER_LABELS } from './site-labels.ts'

const CONTROLLER_LABELS = { 'app.kubernetes.io/name': SITE_CONTROLLER }
/** Ports that routers give to services; above the others. */
const FIRST_SERVICE_PORT = 1_024
const LAST_PORT = 65_535

/**
 * What may come in: to routers links and tokens from anywhere, services and metrics from the namespace, management
 * from the controller; to the controller tokens from the routers. Going out nothing is limited.
 */
export function networkPolicies(): KubeObject[] {
  const links = [DEFAULT_ROLE_PORTS['inter-router'], DEFAULT_ROLE_PORTS.edge, TOKEN_PORT]
  return [
    policy('skupper-router', { ...ROUTER_LABELS }, [
      { ports: links.map(tcp) },
      { from: [{ podSelector: { matchLabels: CONTROLLER_LABELS } }], ports: [tcp(MANAGEMENT_PORT)] },
      { from: [{ podSelector: { matchLabels: { ...ROUTER_LABELS } } }], ports: [tcp(PEER_PORT)] },
      { from: [{ podSelector: {} }], ports: [...servicePorts(), tcp(HEALTH_PORT)] },
    ]),
    policy(SITE_CONTROLLER, CONTROLLER_LABELS, [
      { from: [{ podSelector: { matchLabels: { ...ROUTER_LABELS } } }], ports: [tcp(TOKEN_PORT)] },
      { ports: [tcp(HEALTH_PORT)] },
    ]),
  ]
}

/** All but those that have rules of their own. */
function servicePorts() {
  const apart = [MANAGEMENT_PORT, PEER_PORT].sort((a, b) => a - b)
  const starts = [FIRST_SERVICE_PORT, ...apart.map((port) => port + 1)]
  const ends = [...apart.map((port) => port - 1), LAST_PORT]
  return starts.map((port, index) => ({ protocol: 'TCP', port, endPort: ends[index] }))
}

function policy(name: string, podLabels: Record<string, string>, ingress: readonly object[]): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name },
    spec: { podSelector: { matchLabels: podLabels }, policyTypes: ['Ingress'], ingress: [...ingress] },
  }
}

function tcp(port: number) {
  return { protocol: 'TCP', port }
}
