/** One rule of a Role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** The name of the site controller's Deployment, Service, ServiceAccount, Role, RoleBinding and Lease. */
export const SITE_CONTROLLER = 'skupper-site-controller'

/** The ServiceAccount of routers: it has no rights, and no token of it is mounted. */
export const ROUTER_ACCOUNT = 'skupper-router'

const READ = ['get', 'list', 'watch']
const OWN = [...READ, 'create', 'update', 'patch', 'delete']

/**
 * All that the site controller may do, in its own namespace only: a Role, no ClusterRole. Kinds that a cluster does not
 * have (Route, HTTPProxy, TLSRoute) do no harm in a rule.
 */
export const SITE_RULES: readonly PolicyRule[] = [
  rule('skupper.io', ['sites', 'accesstokens'], [...READ, 'update', 'patch']),
  rule('skupper.io', ['accessgrants', 'connectors', 'links', 'listeners', 'remotesites', 'routeraccesses'], OWN),
  // Only users write them.
  rule('skupper.io', ['multikeylisteners'], READ),
  rule(
    'skupper.io',
    [
      ...['sites/status', 'connectors/status', 'accesstokens/status', 'accessgrants/status'],
      ...[
        'links/status',
        'listeners/status',
        'multikeylisteners/status',
        'remotesites/status',
        'routeraccesses/status',
      ],
    ],
    ['get', 'update', 'patch'],
  ),
  rule('', ['secrets', 'services', 'configmaps'], OWN),
  rule('', ['pods'], READ),
  rule('', ['events'], ['create', 'patch']),
  rule('apps', ['deployments'], OWN),
  // Annotated ones are exposed.
  rule('apps', ['statefulsets', 'daemonsets'], READ),
  rule('policy', ['poddisruptionbudgets'], OWN),
  rule('discovery.k8s.io', ['endpointslices'], OWN),
  // Kubernetes asks for it of whoever writes the addresses of an EndpointSlice, where its admission plugin is on.
  rule('discovery.k8s.io', ['endpointslices/restricted'], ['create']),
  rule('networking.k8s.io', ['ingresses', 'networkpolicies'], OWN),
  rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update', 'patch']),
  rule('route.openshift.io', ['routes', 'routes/custom-host'], OWN),
  rule('projectcontour.io', ['httpproxies'], OWN),
  rule('gateway.networking.k8s.io', ['tlsroutes'], OWN),
]

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs }
}
