import type { KubeObject } from '../kube-object.ts'
import { POLICY_READER, WEBHOOK } from './webhook-name.ts'

const READ = ['get', 'list', 'watch']
const RBAC = 'rbac.authorization.k8s.io'

/** What site controllers may read beyond their namespaces: the policies and the namespaces' labels. */
const POLICY_READER_RULES = [
  { apiGroups: ['skupper.io'], resources: ['exposurepolicies', 'skupperclusterpolicies'], verbs: READ },
  { apiGroups: [''], resources: ['namespaces'], verbs: READ },
]

const WEBHOOK_RULES = [
  ...POLICY_READER_RULES,
  { apiGroups: ['skupper.io'], resources: ['sites'], verbs: READ },
  { apiGroups: [''], resources: ['services', 'serviceaccounts'], verbs: READ },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: READ },
  { apiGroups: ['security.istio.io'], resources: ['peerauthentications'], verbs: READ },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    resourceNames: [WEBHOOK],
    verbs: ['get', 'patch'],
  },
  { apiGroups: [RBAC], resources: ['clusterrolebindings'], resourceNames: [POLICY_READER], verbs: ['get', 'patch'] },
]

/** Its own Secrets. Making one cannot be bound to a name. */
const SECRET_RULES = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
  {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: ['skupper-webhook-ca', 'skupper-webhook-certs', 'skupper-webhook-supplied'],
    verbs: ['get', 'update'],
  },
]

/** Accounts, roles and bindings of the webhook. */
export function webhookRbac(namespace: string): KubeObject[] {
  const metadata = { name: WEBHOOK, namespace }
  const account = { kind: 'ServiceAccount', ...metadata }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    clusterRole(WEBHOOK, WEBHOOK_RULES),
    binding('ClusterRoleBinding', { name: WEBHOOK }, { role: 'ClusterRole', subjects: [account] }),
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: SECRET_RULES },
    binding('RoleBinding', metadata, { role: 'Role', subjects: [account] }),
    clusterRole(POLICY_READER, POLICY_READER_RULES),
    // Without subjects: those are the webhook's to keep, whoever applies this again.
    policyReaderBinding(),
  ]
}

/** The binding that the webhook keeps: exactly the site controllers that there are, by their namespaces. */
export function policyReaderBinding(accounts?: readonly { name: string; namespace: string }[]): KubeObject {
  const subjects = accounts?.map(({ name, namespace }) => ({ kind: 'ServiceAccount', name, namespace }))
  return binding('ClusterRoleBinding', { name: POLICY_READER }, { role: 'ClusterRole', subjects })
}

function clusterRole(name: string, rules: readonly object[]): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules }
}

function binding(
  kind: string,
  metadata: { name: string; namespace?: string },
  { role, subjects }: { role: string; subjects: readonly object[] | undefined },
): KubeObject {
  const roleRef = { apiGroup: RBAC, kind: role, name: metadata.name }
  return { apiVersion: `${RBAC}/v1`, kind, metadata, roleRef, ...(subjects === undefined ? {} : { subjects }) }
}
