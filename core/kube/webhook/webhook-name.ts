/** The name of everything that the webhook is made of: Deployment, Service, ServiceAccount, configurations. */
export const WEBHOOK = 'skupper-webhook'

/** The namespace it is installed into where nobody says another. */
export const WEBHOOK_NAMESPACE = 'skupper-webhook'

/** The ClusterRole, and its binding, by which site controllers read policies and namespaces, and nothing else. */
export const POLICY_READER = 'skupper-policy-reader'

export const WEBHOOK_PORT = 8443
export const WEBHOOK_HEALTH_PORT = 9090

/** Where an API server finds the webhook in its cluster, as the certificate has to name it. */
export function webhookHosts(namespace: string): string[] {
  return [`${WEBHOOK}.${namespace}.svc`, `${WEBHOOK}.${namespace}.svc.cluster.local`]
}
