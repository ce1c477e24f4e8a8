import packageJson from '../package.json' with { type: 'json' }
import type { KubeObject } from '../core/kube/kube-object.ts'
import { WEBHOOK_NAMESPACE } from '../core/kube/webhook/webhook-name.ts'
import { webhookObjects } from '../core/kube/webhook/webhook-objects.ts'
import { parseResourceOf } from '../core/model/resource.ts'
import { controllerObjects } from '../plugin/platform/kubernetes/controller-objects.ts'
import { kustomization, yamlFile, type ManifestFile } from './manifest-file.ts'

const IMAGE = `localhost/skupper:${packageJson.version}`
const SITE_NAMESPACE = 'default'

/** The webhook, and a site of one namespace, as the command line makes them, for kustomize. */
export function programManifests(): ManifestFile[] {
  const options = { namespace: WEBHOOK_NAMESPACE, image: IMAGE, replicas: 2, certManager: false }
  const site = { apiVersion: 'skupper.io/v2alpha1', kind: 'Site', metadata: { name: 'site' }, spec: SITE_SPEC }
  return [
    yamlFile('manifests/webhook/webhook.yaml', 'core/kube/webhook/webhook-objects.ts', webhookProgram(options)),
    kustomization('manifests/webhook', { resources: ['webhook.yaml'] }),
    yamlFile(
      'manifests/site/controller.yaml',
      'plugin/platform/kubernetes/controller-objects.ts',
      siteController({ image: IMAGE }),
    ),
    yamlFile('manifests/site/site.yaml', 'scripts/program-manifests.ts', [site]),
    // Whoever wants another namespace says so in a kustomization of theirs.
    kustomization('manifests/site', { namespace: SITE_NAMESPACE, resources: ['controller.yaml', 'site.yaml'] }),
    kustomization('manifests/base', { resources: ['../crds', '../webhook', '../site'] }),
  ]
}

/** What runs the webhook, without its kinds. */
export function webhookProgram(options: Parameters<typeof webhookObjects>[0]): KubeObject[] {
  return webhookObjects(options).filter(({ kind }) => kind !== 'CustomResourceDefinition')
}

/** What runs the site of a namespace that is not known yet: no object names it. */
export function siteController({ image }: { image: string }): KubeObject[] {
  const site = parseResourceOf('Site', {
    ...{ apiVersion: 'skupper.io/v2alpha1', kind: 'Site' },
    metadata: { name: 's' },
  })
  return controllerObjects({ namespace: POD_NAMESPACE, site, image }).map(anywhere)
}

const SITE_SPEC = { linkAccess: 'default' }
/** Kubernetes puts the value of the variable there. */
const POD_NAMESPACE = '$(POD_NAMESPACE)'

function anywhere(object: KubeObject): KubeObject {
  const placed = { ...object, metadata: { ...object.metadata, namespace: undefined } }
  if (object.kind === 'ConfigMap') return { ...placed, data: { controller: 'skupper-site-controller' } }
  if (object.kind === 'RoleBinding')
    return { ...placed, subjects: [{ kind: 'ServiceAccount', name: 'skupper-site-controller' }] }
  return object.kind === 'Deployment' ? withPodNamespace(placed) : placed
}

interface PodTemplate {
  readonly spec: { readonly containers: readonly { readonly env: readonly { readonly name: string }[] }[] }
}

/** The controller learns its namespace from its pod, and runs routers from its own image. */
function withPodNamespace(deployment: KubeObject): KubeObject {
  const spec = deployment['spec'] as { template: PodTemplate }
  const { template } = spec
  const namespace = { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }
  const containers = template.spec.containers.map((container) => {
    return { ...container, env: [namespace, ...container.env.filter(({ name }) => name !== 'SKUPPER_IMAGE')] }
  })
  return { ...deployment, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } }
}
