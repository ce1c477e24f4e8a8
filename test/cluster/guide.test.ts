import { onTestFinished, describe, expect, test } from 'vitest'
import { CLUSTERS, mergedKubeconfig } from '../support/cluster/clusters.ts'
import { GUIDE, use } from '../support/cluster/guide/sections.ts'
import { GuideTerminal } from '../support/cluster/guide/terminal.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const GUIDE_MS = 600_000
const CONTEXTS = ['cluster-1', 'cluster-2', 'cluster-3']

describe.skipIf(CLUSTERS.length < 3)('the guide', () => {
  test('works as it is pasted, from top to bottom', { timeout: GUIDE_MS }, async () => {
    const terminal = await cleanTerminal()
    await terminal.follow([use('cluster-1'), ...GUIDE['Installing Skupper CLI']])
    await terminal.follow(GUIDE['Initializing Skupper in Clusters'])
    await terminal.follow(GUIDE['Linking Clusters Together'])
    await terminal.follow(GUIDE['Exposing Services Across Clusters'])
    await terminal.follow(GUIDE['Accessing Remote Services'])
    await terminal.follow(GUIDE['Exposing Services with Custom Names'])
    await terminal.follow(GUIDE['Using HTTP/2 and gRPC Services'])
    expect(await curl(terminal, 'cluster-1', '--http2-prior-knowledge http://grpc-service:50051')).toMatch(/^grpc-/)

    await terminal.follow(GUIDE['Implementing Multi-Cluster Load Balancing'])
    expect(await podsThatServe(terminal, 'http://api:8080')).toEqual(await podsOf(terminal, 'api'))
    await terminal.follow(GUIDE['Monitoring Skupper Network'])
    await terminal.follow(GUIDE['Implementing Security Policies'])
    expect(await curl(terminal, 'cluster-1', 'http://backend:8080')).toMatch(/^backend-/)

    await terminal.follow(GUIDE['Creating Site-to-Site Connections'])
    await hasFrontend(terminal, 'cluster-3')
    for (const address of ['backend', 'api-service', 'api']) {
      expect(await curl(terminal, 'cluster-3', `http://${address}:8080`)).toMatch(/-/)
    }

    await terminal.follow(GUIDE['Handling Connection Failures: delete'])
    // The mesh has another way; guide-hub-and-spoke.test.ts has the case without one.
    expect(await curl(terminal, 'cluster-1', 'http://backend:8080')).toMatch(/^backend-/)
    await terminal.follow(GUIDE['Handling Connection Failures: recreate'])
    expect(await curl(terminal, 'cluster-1', 'http://backend:8080')).toMatch(/^backend-/)

    await terminal.follow(GUIDE['Using Skupper with Existing Service Mesh'])
    expect(await curl(terminal, 'cluster-1', 'http://backend:8080')).toMatch(/^backend-/)
    await terminal.follow(GUIDE['Best Practices'])
    await deleteSites(terminal)
  })
})

/** A terminal beside clusters whose namespaces have nothing of an earlier run. */
async function cleanTerminal(): Promise<GuideTerminal> {
  const terminal = await GuideTerminal.open(await temporaryDirectory(), await mergedKubeconfig())
  await removeAll(terminal)
  onTestFinished(() => removeAll(terminal), GUIDE_MS)
  return terminal
}

async function removeAll(terminal: GuideTerminal): Promise<void> {
  await Promise.all(
    CONTEXTS.map((context) =>
      terminal.paste(`k="kubectl --context ${context}"
        skupper --context ${context} --namespace skupper-network delete 2>/dev/null || true
        skupper --context ${context} --namespace default delete 2>/dev/null || true
        for file in *.yaml; do case $file in *token*) ;; *) $k delete --ignore-not-found --wait=false -f $file;; esac; done
        $k delete --ignore-not-found deployment frontend
        $k delete --ignore-not-found --wait=true namespace skupper-network`),
    ),
  )
}

/** What `curl` in a pod of `frontend` prints. */
function curl(terminal: GuideTerminal, context: string, words: string): Promise<string> {
  return terminal.paste(
    `kubectl --context ${context} exec deployment/frontend -- curl -sS --fail --max-time 5 ${words}`,
  )
}

async function hasFrontend(terminal: GuideTerminal, context: string): Promise<void> {
  await terminal.paste(`kubectl --context ${context} create deployment frontend --image=frontend:v1
    kubectl --context ${context} rollout status deployment/frontend --timeout=90s`)
}

/** The pods that answer when forty requests are under way at once, sorted. */
async function podsThatServe(terminal: GuideTerminal, url: string): Promise<string[]> {
  const many = `-Z --parallel-immediate --parallel-max 40 '${url}/?ms=300&n=[1-40]'`
  return [...new Set((await curl(terminal, 'cluster-1', many)).trim().split('\n'))].sort()
}

async function podsOf(terminal: GuideTerminal, app: string): Promise<string[]> {
  const names = await Promise.all(
    ['cluster-1', 'cluster-2'].map((context) =>
      terminal.paste(`kubectl --context ${context} get pods -l app=${app} -o jsonpath='{.items[*].metadata.name}'`),
    ),
  )
  return names.flatMap((line) => line.split(' ')).sort()
}

/** Leaves nothing of a site behind. */
async function deleteSites(terminal: GuideTerminal): Promise<void> {
  for (const context of CONTEXTS) {
    expect(await terminal.paste(`skupper --context ${context} delete`)).toBe("Skupper is now removed from 'default'.\n")
    const left = 'deployments,services,secrets,configmaps,roles,serviceaccounts'
    const ours = `kubectl --context ${context} get ${left} -l app.kubernetes.io/managed-by=skupper -o name`
    expect(await terminal.paste(ours)).toBe('')
  }
}
