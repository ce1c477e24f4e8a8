import { fields, oneOf } from '../../core/model/field-schemas.ts'
import { flag, hashes, number, pem, port, requiredText, text } from './attribute-schemas.ts'

// Attribute names and defaults: protocol sheet, section 7.

const MAX_COST = 2_147_483_647
const MAX_SECONDS = 86_400

const router = fields({
  id: requiredText,
  mode: oneOf(['standalone', 'interior', 'edge']).default('standalone'),
  metadata: text.optional(),
  helloIntervalSeconds: number(1, MAX_SECONDS).default(1),
  helloMaxAgeSeconds: number(1, MAX_SECONDS).default(3),
  raIntervalSeconds: number(1, MAX_SECONDS).default(30),
  raIntervalFluxSeconds: number(1, MAX_SECONDS).default(4),
  remoteLsMaxAgeSeconds: number(1, MAX_SECONDS).default(60),
  workerThreads: number(1, 128).default(4),
  dataConnectionCount: text.default('auto'),
})

const site = fields({
  name: text.optional(),
  location: text.optional(),
  provider: text.optional(),
  platform: text.optional(),
  namespace: text.optional(),
  version: text.optional(),
})

const log = fields({
  module: requiredText,
  enable: text.default('default'),
})

const address = fields({
  name: text.optional(),
  prefix: text.optional(),
  pattern: text.optional(),
  distribution: oneOf(['multicast', 'closest', 'balanced', 'unavailable']).default('balanced'),
  priority: number(0, 9).optional(),
}).refine(({ prefix, pattern }) => (prefix === undefined) !== (pattern === undefined), {
  error: 'exactly one of prefix and pattern',
})

/** As many as a site remembers peers. */
const MAX_REVOKED_KEYS = 1000

const sslProfile = fields({
  name: requiredText,
  caCertFile: text.optional(),
  certFile: text.optional(),
  privateKeyFile: text.optional(),
  // Extensions of our own router: the texts themselves, in place of the files.
  caCert: pem,
  cert: pem,
  privateKey: pem,
  // Of our own router as well: SHA-256 of public keys that open nothing though their certificates are valid.
  revokedKeys: hashes(MAX_REVOKED_KEYS).default(''),
  password: text.optional(),
  ciphers: text.optional(),
  protocols: text.optional(),
  uidFormat: text.optional(),
  ordinal: number(0, Number.MAX_SAFE_INTEGER).default(0),
  oldestValidOrdinal: number(0, Number.MAX_SAFE_INTEGER).default(0),
})

/** What every AMQP connection is made with, accepted or dialled. */
const connection = {
  name: requiredText,
  role: oneOf(['normal', 'inter-router', 'edge', 'route-container', 'inter-edge', 'inter-network']).default('normal'),
  cost: number(1, MAX_COST).default(1),
  sslProfile: text.optional(),
  saslMechanisms: text.optional(),
  maxFrameSize: number(512, 16_777_216).default(16_384),
  maxSessions: number(1, 65_535).default(32_768),
  maxSessionFrames: number(1, MAX_COST).optional(),
  idleTimeoutSeconds: number(0, MAX_SECONDS).default(16),
  linkCapacity: number(1, 1_000_000).default(250),
  stripAnnotations: oneOf(['in', 'out', 'both', 'no']).default('both'),
}

const listener = fields({
  ...connection,
  host: text.default(''),
  port: port.default('5672'),
  authenticatePeer: flag.default(false),
  requireSsl: flag.default(false),
  http: flag.default(false),
  httpRootDir: text.optional(),
  healthz: flag.default(true),
  metrics: flag.default(true),
  websockets: flag.default(true),
})

const connector = fields({
  ...connection,
  host: text.default('127.0.0.1'),
  port: port.default('5672'),
  verifyHostname: flag.default(true),
  saslUsername: text.optional(),
  saslPassword: text.optional(),
})

const serviceListener = {
  name: requiredText,
  address: requiredText,
  host: text.default(''),
  port,
  sslProfile: text.optional(),
  authenticatePeer: flag.default(false),
  observer: oneOf(['auto', 'none', 'http1', 'http2']).default('auto'),
  siteId: text.optional(),
}

const serviceConnector = {
  name: requiredText,
  address: requiredText,
  host: text.default('127.0.0.1'),
  port,
  sslProfile: text.optional(),
  verifyHostname: flag.default(true),
  processId: text.optional(),
  siteId: text.optional(),
}

const protocolVersion = oneOf(['HTTP1', 'HTTP2']).default('HTTP1')

/** The attributes that each entity type may be configured with. `http…` are extensions of our own router. */
export const ENTITY_SCHEMAS = {
  router,
  site,
  log,
  address,
  sslProfile,
  listener,
  connector,
  tcpListener: fields({
    ...serviceListener,
    address: text.optional(),
    multiAddressStrategy: oneOf(['none', 'priority', 'weighted']).default('none'),
    backlog: number(1, 65_535).optional(),
  }).refine(({ address: given, multiAddressStrategy }) => multiAddressStrategy !== 'none' || given !== undefined, {
    error: 'an address, or a multiAddressStrategy with a listenerAddress for each',
  }),
  listenerAddress: fields({
    name: requiredText,
    address: requiredText,
    value: number(0, MAX_COST),
    listener: requiredText,
  }),
  tcpConnector: fields(serviceConnector),
  httpListener: fields({ ...serviceListener, protocolVersion }),
  httpConnector: fields({ ...serviceConnector, protocolVersion }),
}
