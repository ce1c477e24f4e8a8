// Keys of annotations and labels. What users write on workloads and Services comes from Skupper v1; the meaning of each
// is in the reference documentation. `internal.skupper.io/` is ours alone.

/** What users write on workloads and Services. `expose` or `proxy` exposes the object; `istio` and `expose` are ours. */
export const USER_ANNOTATIONS = {
  expose: 'skupper.io/expose',
  istio: 'skupper.io/istio',
  proxy: 'skupper.io/proxy',
  address: 'skupper.io/address',
  port: 'skupper.io/port',
  target: 'skupper.io/target',
  ingressOnly: 'skupper.io/ingress-only',
  headless: 'skupper.io/headless',
  serviceLabels: 'skupper.io/service-labels',
  serviceAnnotations: 'skupper.io/service-annotations',
  ingress: 'skupper.io/ingress',
  tlsCert: 'skupper.io/tls-cert',
  tlsTrust: 'skupper.io/tls-trust',
} as const

export type UserAnnotation = keyof typeof USER_ANNOTATIONS

/** What Skupper v1 took for the pods it made beside a headless StatefulSet. There are none here: taken, no effect. */
export const EFFECTLESS_ANNOTATIONS = [
  'skupper.io/cpu-request',
  'skupper.io/memory-request',
  'skupper.io/cpu-limit',
  'skupper.io/memory-limit',
  'skupper.io/affinity',
  'skupper.io/anti-affinity',
  'skupper.io/node-selector',
] as const

/** On an object: the JSON of everything that the webhook wrote into it. */
export const INJECTED_ANNOTATION = 'skupper.io/injected'

/** Label of objects that are exposed, as the webhook saw it, with the value "true". */
export const EXPOSED_LABEL = 'skupper.io/exposed'

/** On Listeners and Connectors that follow from an annotation or a policy: `Kind/name` of the object they expose. */
export const EXPOSES_ANNOTATION = 'internal.skupper.io/exposes'

/** On Services and pod templates, as label and as annotation: whether Istio gives the pods a sidecar. */
export const ISTIO_INJECT = 'sidecar.istio.io/inject'

/** On pod templates: the ports that Istio's sidecar leaves alone, as a comma list. */
export const ISTIO_EXCLUDED_PORTS = 'traffic.sidecar.istio.io/excludeInboundPorts'

/** Everything that we make says so by this label and this value. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by'
export const MANAGED_BY = 'skupper'

/** Skupper v2's, on a Secret with a certificate: the setting `tls-prior-valid-revisions` for that certificate. */
export const PRIOR_REVISIONS_ANNOTATION = 'skupper.io/tls-prior-valid-revisions'

/** Label of Listeners that service sync made, with the value "true". */
export const SYNCED_LABEL = 'skupper.io/synced'

/** On a synced Listener: the JSON list of the ids of the sites that offer it. */
export const ORIGINS_ANNOTATION = 'skupper.io/origins'

/** On an AccessToken: the text of the token file it came from, so that the link can be made again. */
export const TOKEN_FILE_ANNOTATION = 'internal.skupper.io/token-file'

/** On objects that a controller made and may change or remove, with the value "true", as in Skupper v2. */
export const CONTROLLED_ANNOTATION = 'internal.skupper.io/controlled'

/** On the runtime copy of something a user wrote: it means nothing once the user's own file is gone. */
export const FROM_INPUT_ANNOTATION = 'internal.skupper.io/from-input'

/** On an AccessToken: the id of the site that made it. */
export const GENERATED_BY_ANNOTATION = 'skupper.io/generated-by'

/** On an AccessToken: until when (RFC 3339) a site that never used it can. */
export const EXPIRES_ANNOTATION = 'skupper.io/claim-expiration'

/** On a Link that came from a token: the token's uid. A token made again under the same name is another one. */
export const ACCESS_TOKEN_ANNOTATION = 'internal.skupper.io/access-token'

/** On a Connector: `TYPE/NAME` of the workload or Service that it was made for. */
export const TARGET_ANNOTATION = 'internal.skupper.io/target'
