import type { KubeObject } from '../core/kube/kube-object.ts'
import { POLICY_READER } from '../core/kube/webhook/webhook-name.ts'
import packageJson from '../package.json' with { type: 'json' }
import { crdManifests } from './crd-manifests.ts'
import { yamlOf, yamlFile, type ManifestFile } from './manifest-file.ts'
import { siteController, webhookProgram } from './program-manifests.ts'

const CHART = 'charts/skupper'
/** What stands in the objects where the chart has a value. */
const IMAGE = 'CHART-IMAGE'
const NAMESPACE = 'CHART-NAMESPACE'
const REPLICAS = 987_654

/** The Helm chart: the same objects, with values in their places. */
export function chartManifests(): ManifestFile[] {
  const all = (certManager: boolean) =>
    webhookProgram({ namespace: NAMESPACE, image: IMAGE, replicas: REPLICAS, certManager })
  const isShared = ({ metadata }: KubeObject) => metadata.name === POLICY_READER
  const webhook = (certManager: boolean) =>
    all(certManager).filter((object) => object.kind !== 'Namespace' && !isShared(object))
  const chart = {
    apiVersion: 'v2',
    name: 'skupper',
    description: packageJson.description,
    type: 'application',
    version: packageJson.version,
    appVersion: packageJson.version,
  }
  const site = template(siteController({ image: IMAGE }))
  const [withCertManager, alone] = [template(webhook(true)), template(webhook(false))]
  return [
    yamlFile(`${CHART}/Chart.yaml`, 'scripts/chart-manifests.ts', [chart]),
    ...crdManifests()
      .filter(({ path }) => path.startsWith('manifests/crds/') && !path.endsWith('kustomization.yaml'))
      .map(({ path, text }) => ({ path: path.replace('manifests/crds', `${CHART}/crds`), text })),
    {
      path: `${CHART}/templates/webhook.yaml`,
      text: `{{- if .Values.webhook.enabled }}\n{{- if .Values.webhook.certManager }}\n${withCertManager}{{- else }}\n${alone}{{- end }}\n{{- end }}\n`,
    },
    {
      path: `${CHART}/templates/policy-reader.yaml`,
      text: `{{- if .Values.webhook.enabled }}\n${all(false).filter(isShared).map(unlessOthers).join('')}{{- end }}\n`,
    },
    { path: `${CHART}/templates/site.yaml`, text: `{{- if .Values.site.enabled }}\n${site}---\n${SITE}{{- end }}\n` },
  ]
}

/**
 * An object that site controllers go on using when the webhook goes: Helm leaves it behind, and uses the one that
 * somebody else left behind, which it would refuse to take over.
 */
function unlessOthers(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object
  const kept = { ...object, metadata: { ...metadata, annotations: { 'helm.sh/resource-policy': 'keep' } } }
  return `{{- $there := lookup "${apiVersion}" "${kind}" "" "${metadata.name}" | default dict }}
{{- $by := dig "metadata" "labels" "app.kubernetes.io/managed-by" "" $there }}
{{- $release := dig "metadata" "annotations" "meta.helm.sh/release-name" "" $there }}
{{- $place := dig "metadata" "annotations" "meta.helm.sh/release-namespace" "" $there }}
{{- if or (not $there) (and (eq $by "Helm") (eq $release .Release.Name) (eq $place .Release.Namespace)) }}
${template([kept])}---
{{- end }}
`
}

/** No object of ours has braces of its own that Helm would read. */
function template(objects: readonly object[]): string {
  return yamlOf(objects)
    .replaceAll(IMAGE, '{{ .Values.image | default (printf "localhost/skupper:%s" .Chart.AppVersion) }}')
    .replaceAll(NAMESPACE, '{{ .Release.Namespace }}')
    .replaceAll(String(REPLICAS), '{{ .Values.webhook.replicas }}')
    .replaceAll(
      /( +)- kind: ServiceAccount\n +name: skupper-site-controller\n/g,
      '$&$1  namespace: {{ .Release.Namespace }}\n',
    )
}

const SITE = `apiVersion: skupper.io/v2alpha1
kind: Site
metadata:
  name: {{ .Values.site.name | default .Release.Namespace }}
spec:
  linkAccess: {{ .Values.site.linkAccess }}
  {{- with .Values.site.settings }}
  settings:
    {{- toYaml . | nindent 4 }}
  {{- end }}
`
