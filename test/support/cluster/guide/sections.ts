/** What a reader of the guide pastes at once. */
export interface GuideStep {
  /** As the guide has it. */
  readonly paste: string
  /** What it prints: `…` stands for anything within a line. Where the guide shows an output, it is the guide's. */
  readonly prints: string
  /** The user's own pods that come with it; the reader waits for them. */
  readonly brings?: readonly OwnPods[]
}

export interface OwnPods {
  readonly context: string
  readonly deployment: string
}

const backend: OwnPods = { context: 'cluster-2', deployment: 'backend' }
const INSTALLED = "Skupper is now installed in namespace 'default'.  Use 'skupper status' to get more information.\n"

/** For what the guide says in words only: "In cluster-1", "Deploy". */
export function use(context: string): GuideStep {
  return { paste: `kubectl config use-context ${context}`, prints: `Switched to context "${context}".\n` }
}

/** The guide's commands in its order, by its headings. What comes later (console, headless) is not in it. */
export const GUIDE = {
  'Installing Skupper CLI': [
    {
      paste: `# Verify
skupper version`,
      prints: 'client version                 …\ncontroller version             …\nrouter version                 …\n',
    },
  ],

  'Initializing Skupper in Clusters': [
    {
      paste: `# Switch to cluster-1
kubectl config use-context cluster-1

# Initialize Skupper
skupper init \\
  --site-name public-cloud \\
  --enable-console \\
  --enable-flow-collector \\
  --console-auth internal \\
  --console-user admin \\
  --console-password changeme`,
      prints: `Switched to context "cluster-1".\n${INSTALLED}`,
    },
    {
      paste: 'skupper status',
      prints: `Skupper is enabled for namespace "default" in interior mode.
It is connected to 0 other sites.
`,
    },
    {
      paste: `kubectl config use-context cluster-2

skupper init \\
  --site-name private-datacenter \\
  --enable-console \\
  --enable-flow-collector`,
      prints: `Switched to context "cluster-2".\n${INSTALLED}`,
    },
  ],

  'Linking Clusters Together': [
    {
      paste: `kubectl config use-context cluster-1

skupper token create ~/cluster1-token.yaml`,
      prints: 'Switched to context "cluster-1".\nToken written to …/cluster1-token.yaml \n',
    },
    {
      paste: `kubectl config use-context cluster-2

skupper link create ~/cluster1-token.yaml --name link-to-public`,
      prints: `Switched to context "cluster-2".
Site configured to link to https://… (name=link-to-public)
Link link-to-public is connected
`,
    },
    { paste: 'skupper link status', prints: 'Link link-to-public is connected\n' },
    {
      paste: `kubectl config use-context cluster-1
skupper link status`,
      prints: 'Switched to context "cluster-1".\nIncoming link from private-datacenter is connected\n',
    },
  ],

  'Exposing Services Across Clusters': [
    {
      paste: 'kubectl apply -f backend.yaml --context cluster-2',
      prints: 'deployment.apps/backend created\nservice/backend created\n',
      brings: [backend],
    },
    {
      paste: `kubectl config use-context cluster-2

skupper expose deployment/backend --port 8080 --protocol http`,
      prints: 'Switched to context "cluster-2".\ndeployment backend exposed as backend\n',
    },
    {
      paste: 'skupper service status',
      prints: `Services exposed through Skupper:
┌─────────┬──────────────┬──────────┬─────────┐
│ NAME    │ ADDRESS      │ PROTOCOL │ TARGETS │
├─────────┼──────────────┼──────────┼─────────┤
│ backend │ backend:8080 │ http     │ 3       │
└─────────┴──────────────┴──────────┴─────────┘
`,
    },
  ],

  'Accessing Remote Services': [
    {
      paste: `kubectl config use-context cluster-1

# Deploy a frontend that calls backend
kubectl create deployment frontend --image=frontend:v1`,
      prints: 'Switched to context "cluster-1".\ndeployment.apps/frontend created\n',
      brings: [{ context: 'cluster-1', deployment: 'frontend' }],
    },
    {
      paste: `# Frontend can call http://backend:8080 even though backend is in cluster-2
kubectl exec -it deployment/frontend -- curl http://backend:8080/health`,
      prints: 'OK\n',
    },
  ],

  'Exposing Services with Custom Names': [
    {
      paste: `kubectl config use-context cluster-2

skupper expose deployment/backend \\
  --port 8080 \\
  --protocol http \\
  --address api-service`,
      prints: 'Switched to context "cluster-2".\ndeployment backend exposed as api-service\n',
    },
    use('cluster-1'),
    {
      paste: `# In cluster-1
kubectl exec -it deployment/frontend -- curl http://api-service:8080`,
      prints: 'backend-…\n',
    },
  ],

  'Using HTTP/2 and gRPC Services': [
    {
      paste: 'kubectl apply -f grpc-service.yaml',
      prints: 'deployment.apps/grpc-service created\n',
      brings: [{ context: 'cluster-1', deployment: 'grpc-service' }],
    },
    {
      paste: `skupper expose deployment/grpc-service \\
  --port 50051 \\
  --protocol http2`,
      prints: 'deployment grpc-service exposed as grpc-service\n',
    },
  ],

  'Implementing Multi-Cluster Load Balancing': [
    use('cluster-1'),
    {
      paste: `# In cluster-1
kubectl apply -f api-deployment.yaml
skupper expose deployment/api --port 8080`,
      prints: `deployment.apps/api created
deployment api exposed as api (protocol http, deduced: …)
`,
    },
    use('cluster-2'),
    {
      paste: `# In cluster-2
kubectl apply -f api-deployment.yaml
skupper expose deployment/api --port 8080`,
      prints: `deployment.apps/api created
deployment api exposed as api (protocol http, deduced: …)
`,
      brings: [
        { context: 'cluster-1', deployment: 'api' },
        { context: 'cluster-2', deployment: 'api' },
      ],
    },
    {
      paste: 'skupper service status',
      prints: `Services exposed through Skupper:
┌──────────────┬────────────────────┬──────────┬───────────────────────┐
│ NAME         │ ADDRESS            │ PROTOCOL │ TARGETS               │
├──────────────┼────────────────────┼──────────┼───────────────────────┤
│ api          │ api:8080           │ http     │ private-datacenter: 3 │
│              │                    │          │ public-cloud: 3       │
│ api-service  │ api-service:8080   │ http     │ 3                     │
│ backend      │ backend:8080       │ http     │ 3                     │
│ grpc-service │ grpc-service:50051 │ http2    │ 1                     │
└──────────────┴────────────────────┴──────────┴───────────────────────┘
`,
    },
  ],

  'Monitoring Skupper Network': [
    use('cluster-1'),
    {
      paste: 'skupper service status --verbose',
      prints: `Services exposed through Skupper:
├─ api:8080 (http)
│  ╰─ Sites:
│     ├─ public-cloud
│     │  ╰─ Targets:
│     │     ├─ …:8080
│     │     ├─ …:8080
│     │     ╰─ …:8080
│     ╰─ private-datacenter
│        targets: 3
├─ api-service:8080 (http)
│  ╰─ Sites:
│     ╰─ private-datacenter
│        targets: 3
├─ backend:8080 (http)
│  ╰─ Sites:
│     ╰─ private-datacenter
│        targets: 3
╰─ grpc-service:50051 (http2)
   ╰─ Sites:
      ╰─ public-cloud
         ╰─ Targets:
            ╰─ …:50051
`,
    },
    {
      paste: 'skupper link status --verbose',
      prints: `Incoming link from private-datacenter is connected
 Site:      private-datacenter-…
`,
    },
  ],

  'Implementing Security Policies': [
    use('cluster-2'),
    {
      paste: 'kubectl apply -f allow-skupper.yaml',
      prints: 'networkpolicy.networking.k8s.io/allow-skupper created\n',
    },
  ],

  'Creating Site-to-Site Connections': [
    use('cluster-3'),
    { paste: 'skupper init --site-name edge-cloud', prints: INSTALLED },
    {
      paste: `# Cluster-1 creates token
kubectl config use-context cluster-1
skupper token create ~/token-cluster1.yaml

# Cluster-2 creates token
kubectl config use-context cluster-2
skupper token create ~/token-cluster2.yaml

# Cluster-3 links to both
kubectl config use-context cluster-3
skupper link create ~/token-cluster1.yaml --name link-to-cluster1
skupper link create ~/token-cluster2.yaml --name link-to-cluster2`,
      prints: `Switched to context "cluster-1".
Token written to …/token-cluster1.yaml 
Switched to context "cluster-2".
Token written to …/token-cluster2.yaml 
Switched to context "cluster-3".
Site configured to link to https://… (name=link-to-cluster1)
Link link-to-cluster1 is connected
Site configured to link to https://… (name=link-to-cluster2)
Link link-to-cluster2 is connected
`,
    },
  ],

  'Handling Connection Failures: delete': [
    {
      paste: `# Delete link from cluster-2
kubectl config use-context cluster-2
skupper link delete link-to-public`,
      prints: `Switched to context "cluster-2".\nLink 'link-to-public' has been removed\n`,
    },
  ],

  'Handling Connection Failures: recreate': [
    {
      paste: `# Services become unavailable in cluster-1
# Recreate link
skupper link create ~/cluster1-token.yaml --name link-to-public

# Services automatically restore`,
      prints: `Site configured to link to https://… (name=link-to-public)
Link link-to-public is connected
`,
    },
    {
      paste: 'skupper link status',
      prints: `Link link-to-public is connected
Incoming link from edge-cloud is connected
`,
    },
  ],

  'Using Skupper with Existing Service Mesh': [
    { paste: 'kubectl apply -f backend-istio.yaml', prints: 'service/backend configured\n' },
  ],

  'Best Practices': [
    {
      paste: `kubectl create namespace skupper-network
skupper init --namespace skupper-network`,
      prints: `namespace/skupper-network created
Skupper is now installed in namespace 'skupper-network'.  Use 'skupper status' to get more information.
`,
    },
    {
      paste: 'skupper init --console-password $(openssl rand -base64 32)',
      prints: 'console-password: changed\n',
    },
    { paste: `kubectl get deployment skupper-router -o jsonpath='{.status.availableReplicas}'`, prints: '1' },
  ],
} as const satisfies Record<string, readonly GuideStep[]>
