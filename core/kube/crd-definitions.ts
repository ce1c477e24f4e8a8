import type { Kind } from '../model/resource.ts'

/** A column that `kubectl get` prints. */
export interface PrinterColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean' | 'date'
  readonly jsonPath: string
  /** Columns above 0 are printed only with `-o wide`. */
  readonly priority?: number
}

/** A rule in the Common Expression Language, at a path within the schema of the object. */
export interface CelRule {
  /** Names of fields; `items` leads into a list. */
  readonly at: readonly string[]
  readonly rule: string
  readonly message: string
}

/** What a CustomResourceDefinition has beyond the schema of its kind. */
export interface CrdDefinition {
  readonly kind: string
  readonly plural: string
  readonly shortNames: readonly string[]
  /** Where it is another than `API_VERSION`. */
  readonly apiVersion?: string
  /** Namespaced where left out. */
  readonly scope?: 'Cluster'
  readonly columns: readonly PrinterColumn[]
  readonly rules: readonly CelRule[]
}

const STATUS: PrinterColumn = { name: 'Status', type: 'string', jsonPath: '.status.status' }
const MESSAGE: PrinterColumn = { name: 'Message', type: 'string', jsonPath: '.status.message' }
const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 1 }

const ROUTING_KEY: CelRule = {
  at: ['spec', 'routingKey'],
  rule: "!self.startsWith('mc/')",
  message: 'routingKey must not start with "mc/"',
}

function column(name: string, path: string, type: PrinterColumn['type'] = 'string'): PrinterColumn {
  return { name, type, jsonPath: path }
}

/** The kinds of the group skupper.io, with the short names and columns of Skupper v2. */
export const CRD_DEFINITIONS: Readonly<Record<Exclude<Kind, 'Secret'>, CrdDefinition>> = {
  Site: {
    kind: 'Site',
    plural: 'sites',
    shortNames: ['st'],
    columns: [STATUS, column('Sites In Network', '.status.sitesInNetwork', 'integer'), MESSAGE, AGE],
    rules: [],
  },
  Link: {
    kind: 'Link',
    plural: 'links',
    shortNames: ['ln'],
    columns: [STATUS, column('Remote Site', '.status.remoteSiteName'), MESSAGE, AGE],
    rules: [
      {
        at: ['spec', 'endpoints', 'items', 'port'],
        rule: "!self.matches('^[0-9]{1,5}$') || int(self) <= 65535",
        message: 'port must be from "1" to "65535"',
      },
    ],
  },
  Listener: {
    kind: 'Listener',
    plural: 'listeners',
    shortNames: ['lnr'],
    columns: [
      column('Routing Key', '.spec.routingKey'),
      column('Port', '.spec.port', 'integer'),
      column('Host', '.spec.host'),
      STATUS,
      column('Has Matching Connector', '.status.hasMatchingConnector', 'boolean'),
      MESSAGE,
      AGE,
    ],
    rules: [ROUTING_KEY],
  },
  MultiKeyListener: {
    kind: 'MultiKeyListener',
    plural: 'multikeylisteners',
    shortNames: [],
    columns: [STATUS, MESSAGE, column('HasDestination', '.status.hasDestination', 'boolean'), AGE],
    rules: [
      {
        at: ['spec', 'strategy'],
        rule: 'has(self.priority) != has(self.weighted)',
        message: 'exactly one of priority and weighted must be set',
      },
      {
        at: ['spec', 'strategy'],
        rule: 'has(self.priority) == has(oldSelf.priority)',
        message: 'the kind of strategy cannot be changed: delete the MultiKeyListener and make it anew',
      },
      {
        at: ['spec', 'strategy', 'priority', 'routingKeys', 'items'],
        rule: "!self.startsWith('mc/')",
        message: 'a routing key must not start with "mc/"',
      },
      {
        at: ['spec', 'strategy', 'weighted', 'routingKeys'],
        rule: "self.all(key, key.matches('^[^\\\\s_$]\\\\S*$') && !key.startsWith('mc/'))",
        message: 'a routing key has no white space and does not start with "_", "$" or "mc/"',
      },
    ],
  },
  Connector: {
    kind: 'Connector',
    plural: 'connectors',
    shortNames: ['cnr'],
    columns: [
      column('Routing Key', '.spec.routingKey'),
      column('Port', '.spec.port', 'integer'),
      column('Host', '.spec.host'),
      column('Selector', '.spec.selector'),
      STATUS,
      column('Has Matching Listener', '.status.hasMatchingListener', 'boolean'),
      MESSAGE,
      AGE,
    ],
    rules: [
      ROUTING_KEY,
      {
        at: ['spec'],
        rule: 'has(self.host) != has(self.selector)',
        message: 'exactly one of host and selector must be set',
      },
    ],
  },
  AccessGrant: {
    kind: 'AccessGrant',
    plural: 'accessgrants',
    shortNames: ['grant', 'gr'],
    columns: [
      column('Redemptions Allowed', '.spec.redemptionsAllowed', 'integer'),
      column('Redemptions Made', '.status.redemptions', 'integer'),
      column('Expiration', '.status.expirationTime'),
      STATUS,
      MESSAGE,
      AGE,
    ],
    rules: [
      {
        at: ['spec', 'expirationWindow'],
        rule: "self.matches('^(0|(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$')",
        message: 'expirationWindow must be a duration such as "15m" or "1h30m"',
      },
    ],
  },
  AccessToken: {
    kind: 'AccessToken',
    plural: 'accesstokens',
    shortNames: ['token', 'to'],
    columns: [column('URL', '.spec.url'), column('Redeemed', '.status.redeemed', 'boolean'), STATUS, MESSAGE, AGE],
    rules: [],
  },
  RouterAccess: {
    kind: 'RouterAccess',
    plural: 'routeraccesses',
    shortNames: [],
    columns: [STATUS, MESSAGE, AGE],
    rules: [
      {
        at: ['spec', 'roles'],
        rule: 'self.all(role, self.exists_one(other, other.name == role.name))',
        message: 'each role must be there once',
      },
    ],
  },
  RemoteSite: {
    kind: 'RemoteSite',
    plural: 'remotesites',
    shortNames: ['rsite'],
    columns: [
      column('Site', '.status.name'),
      column('Namespace', '.status.namespace'),
      column('Platform', '.status.platform'),
      column('Version', '.status.version'),
      column('Reachable', '.status.reachable', 'boolean'),
      column('Unreachable since', '.status.unreachableSince'),
      MESSAGE,
      AGE,
    ],
    rules: [],
  },
}
