import { describe, expect, it } from 'vitest'
import { parseResourceOf, type Kind, type ResourceOf } from '../../../../core/model/resource.ts'
import { formatBootFile, parseBootFile } from '../../../../router/config/boot-file.ts'
import { BUILT_IN, SKUPPER_ROUTER } from '../../../../router/config/engine-capabilities.ts'
import type { EntityConfig, EntityType } from '../../../../router/config/entities.ts'
import {
  routerConfig,
  routerConfigNotes,
  routerMode,
  type RouterConfigInput,
} from '../../../../router/config/router-config.ts'
import type { CredentialFiles, RouterFacts } from '../../../../router/config/router-facts.ts'

const files = (name: string) => ({
  ca: `/c/${name}/ca.crt`,
  certificate: `/c/${name}/tls.crt`,
  key: `/c/${name}/tls.key`,
})

const facts: RouterFacts = {
  routerId: 'west-1',
  siteId: 'site-1',
  platform: 'linux',
  version: '0.1.0',
  credentials: new Map<string, CredentialFiles>([
    ['skupper-local-server', files('skupper-local-server')],
    ['skupper-site-server', files('skupper-site-server')],
    ['token-1', files('token-1')],
    ['web', files('web')],
    ['trusted', { ca: '/c/trusted/ca.crt' }],
  ]),
  management: { host: '127.0.0.1', port: 5671 },
  listenHost: '127.0.0.5',
}

function resource<K extends Kind>(kind: K, name: string, spec: object): ResourceOf<K> {
  return parseResourceOf(kind, {
    apiVersion: 'skupper.io/v2alpha1',
    kind,
    metadata: { name, namespace: 'default' },
    spec,
  })
}

const backend = { routingKey: 'backend:8080', host: 'backend', port: 8080 }
const toPublic = {
  endpoints: [
    { name: 'edge', host: 'e.example', port: '45671' },
    { name: 'inter-router', host: 'r.example', port: '55671' },
    { name: 'inter-router', host: 'other.example', port: '55671' },
  ],
  tlsCredentials: 'token-1',
}

function input(part: Partial<RouterConfigInput> = {}): RouterConfigInput {
  const site = resource('Site', 'west', {})
  return { site, links: [], listeners: [], connectors: [], routerAccesses: [], facts, ...part }
}

function render(part: Partial<RouterConfigInput>, type: EntityType, capabilities = BUILT_IN): object[] {
  return routerConfig(input(part), capabilities)
    .filter(([candidate]) => candidate === type)
    .map(([, attributes]) => attributes)
}

const notes = (part: Partial<RouterConfigInput>, capabilities = BUILT_IN) =>
  routerConfigNotes(input(part), capabilities)

describe('routerConfig', () => {
  it('configures a bare site with a local listener that asks for certificates', () => {
    expect(routerConfig(input(), BUILT_IN)).toEqual([
      [
        'router',
        {
          id: 'west-1',
          mode: 'interior',
          helloMaxAgeSeconds: 3,
          dataConnectionCount: 'auto',
          metadata: '{"id":"site-1","version":"0.1.0","platform":"linux"}',
        },
      ],
      ['site', { name: 'west', namespace: 'default', platform: 'linux', version: '0.1.0' }],
      ['address', { prefix: 'mc', distribution: 'multicast' }],
      ['log', { module: 'ROUTER_CORE', enable: 'error+' }],
      [
        'sslProfile',
        {
          name: 'skupper-local-server',
          caCertFile: '/c/skupper-local-server/ca.crt',
          certFile: '/c/skupper-local-server/tls.crt',
          privateKeyFile: '/c/skupper-local-server/tls.key',
        },
      ],
      [
        'listener',
        {
          name: 'skupper-local-normal',
          host: '127.0.0.1',
          port: '5671',
          role: 'normal',
          sslProfile: 'skupper-local-server',
          saslMechanisms: 'EXTERNAL',
          authenticatePeer: true,
          requireSsl: true,
        },
      ],
    ])
  })

  it('serves health and metrics without websockets, which would be a way around the certificates', () => {
    const health = render({ facts: { ...facts, health: { host: '127.0.0.1', port: 9090 } } }, 'listener')[1]
    expect(health).toMatchObject({ port: '9090', http: true, healthz: true, metrics: true, websockets: false })
  })

  it('has no health listener where the engine would open it to every address of the machine', () => {
    const at = (host: string) =>
      render({ facts: { ...facts, health: { host, port: 9090 } } }, 'listener', SKUPPER_ROUTER)
    expect(at('127.0.0.1')).toHaveLength(1)
    expect(at('')).toHaveLength(2)
  })

  it('makes a file that parses to the same entities', () => {
    const listeners = [resource('Listener', 'backend-8080', { ...backend, tlsCredentials: 'web' })]
    const entities = routerConfig(input({ listeners, links: [resource('Link', 'to-public', toPublic)] }), BUILT_IN)
    const parsed = parseBootFile(formatBootFile(entities))
    expect(parsed.map(({ type }) => type)).toEqual(entities.map(([type]) => type))
    expect(parsed.at(-1)?.attributes).toMatchObject({ name: 'listener/backend-8080', port: '8080', observer: 'auto' })
  })

  it('takes the data connection count from the site', () => {
    const site = resource('Site', 'west', { settings: { 'router-data-connection-count': '4' } })
    expect(render({ site }, 'router')).toMatchObject([{ dataConnectionCount: '4' }])
  })
})

describe('links', () => {
  it('dials the first endpoint for the role of an interior router, with its own credentials', () => {
    const links = [resource('Link', 'to-public', { ...toPublic, cost: 0 })]
    expect(render({ links }, 'connector')).toEqual([
      {
        name: 'to-public',
        role: 'inter-router',
        host: 'r.example',
        port: '55671',
        cost: 1,
        sslProfile: 'to-public-profile',
        saslMechanisms: 'EXTERNAL',
        verifyHostname: true,
      },
    ])
    expect(render({ links }, 'sslProfile')).toContainEqual({
      name: 'to-public-profile',
      caCertFile: '/c/token-1/ca.crt',
      certFile: '/c/token-1/tls.crt',
      privateKeyFile: '/c/token-1/tls.key',
    })
  })

  it.each([BUILT_IN, SKUPPER_ROUTER])('dials the edge endpoint where the site is an edge ($engine)', (engine) => {
    const site = resource('Site', 'west', { edge: true })
    const links = [resource('Link', 'to-public', toPublic)]
    expect(routerMode(site)).toBe('edge')
    expect(render({ site, links }, 'connector', engine)).toMatchObject([{ role: 'edge', host: 'e.example' }])
    expect(notes({ site, links })).toEqual([])
  })

  it.each([
    ['an endpoint for the role', { ...toPublic, endpoints: [{ name: 'edge', host: 'h', port: '1' }] }, 'Error'],
    ['credentials to be named', { endpoints: toPublic.endpoints }, 'Error'],
    ['credentials to be there', { ...toPublic, tlsCredentials: 'nowhere' }, 'Pending'],
    ['credentials with a key', { ...toPublic, tlsCredentials: 'trusted' }, 'Pending'],
  ])('needs %s', (_what, spec, reason) => {
    const links = [resource('Link', 'to-public', spec)]
    expect(render({ links }, 'connector')).toEqual([])
    expect(notes({ links })).toMatchObject([{ kind: 'Link', name: 'to-public', reason }])
  })
})

describe('router access', () => {
  const access = (roles: object[]) =>
    resource('RouterAccess', 'skupper-router', { roles, tlsCredentials: 'skupper-site-server', bindHost: '10.0.0.1' })

  it('says that it is dialled without the proxy it names', () => {
    const links = [resource('Link', 'to-public', { ...toPublic, settings: { 'proxy-configuration': 'outbound' } })]
    expect(render({ links }, 'connector')).toHaveLength(1)
    expect(notes({ links })).toMatchObject([{ kind: 'Link', name: 'to-public', reason: 'Ready' }])
  })

  it('listens for links with mutual TLS', () => {
    const routerAccesses = [access([{ name: 'inter-router' }])]
    expect(render({ routerAccesses }, 'listener')).toContainEqual({
      name: 'skupper-router-inter-router',
      role: 'inter-router',
      host: '10.0.0.1',
      port: '55671',
      sslProfile: 'skupper-site-server',
      saslMechanisms: 'EXTERNAL',
      authenticatePeer: true,
      requireSsl: true,
    })
  })

  it('listens for routers and for edges, unless it is an edge itself', () => {
    const routerAccesses = [access([{ name: 'inter-router', port: 4444 }, { name: 'edge' }])]
    const edge = resource('Site', 'west', { edge: true })
    const ports = (part: Partial<RouterConfigInput>) =>
      render({ routerAccesses, ...part }, 'listener').map((listener) => 'port' in listener && listener.port)
    expect(ports({})).toEqual(['5671', '4444', '45671'])
    expect(ports({ site: edge })).toEqual(['5671'])
    expect(notes({ routerAccesses, site: edge })).toContainEqual(
      expect.objectContaining({ kind: 'RouterAccess', reason: 'Error' }),
    )
  })

  it('turns revoked keys away where others are let in, and nowhere else, if the router can', () => {
    const listeners = [resource('Listener', 'web', { ...backend, tlsCredentials: 'web' })]
    const part = {
      routerAccesses: [access([{ name: 'inter-router' }])],
      listeners,
      facts: { ...facts, revokedKeys: ['a'.repeat(64), 'b'.repeat(64)] },
    }
    const revoked = (capabilities = BUILT_IN) =>
      render(part, 'sslProfile', capabilities).filter((profile) => 'revokedKeys' in profile)
    const revokedKeys = `${'a'.repeat(64)},${'b'.repeat(64)}`
    expect(revoked()).toMatchObject([{ name: 'skupper-site-server', revokedKeys }])
    expect(revoked(SKUPPER_ROUTER)).toEqual([])
  })

  it('never opens the role that may change the router', () => {
    const routerAccesses = [access([{ name: 'normal' }])]
    expect(render({ routerAccesses }, 'listener')).toHaveLength(1)
    expect(notes({ routerAccesses })).toMatchObject([{ reason: 'Error' }])
  })
})

describe('listeners', () => {
  const listener = (spec: object, name = 'backend-8080') => resource('Listener', name, { ...backend, ...spec })

  it('become tcp listeners where the site listens', () => {
    expect(render({ listeners: [listener({})] }, 'tcpListener')).toEqual([
      { name: 'listener/backend-8080', address: 'backend:8080', host: '127.0.0.5', port: '8080', siteId: 'site-1' },
    ])
  })

  it.each(['0.0.0.0', '::', 'localhost'])('bind to their own host where it is %s', (host) => {
    expect(render({ listeners: [listener({ host })] }, 'tcpListener')).toMatchObject([{ host }])
  })

  it('listen on the port that the site gave them', () => {
    const listenerPorts = new Map([['backend-8080', 1024]])
    const given = { listeners: [listener({})], facts: { ...facts, listenerPorts } }
    expect(render(given, 'tcpListener')).toMatchObject([{ port: '1024' }])
  })

  it.each([
    [{ type: 'http' }, 'http1'],
    [{ type: 'http2' }, 'http2'],
    [{ type: 'http', settings: { 'protocol-deduced': 'true' } }, undefined],
    [{ type: 'http', observer: 'none' }, 'none'],
    [{ type: 'tcp' }, undefined],
  ])('of %j observe %s', (spec, observer) => {
    expect(render({ listeners: [listener(spec)] }, 'tcpListener')).toMatchObject([{ observer }])
  })

  it('of http balance each request only where the engine can', () => {
    const listeners = [listener({ type: 'http2' })]
    expect(notes({ listeners })).toEqual([
      { kind: 'Listener', name: 'backend-8080', reason: 'Ready', message: 'balanced per connection' },
    ])
    const able = { ...BUILT_IN, httpListener: true }
    expect(render({ listeners }, 'httpListener', able)).toMatchObject([{ protocolVersion: 'HTTP2' }])
    expect(notes({ listeners }, able)).toEqual([])
  })

  it('share no port: the first one has it', () => {
    const listeners = [listener({}), listener({ routingKey: 'other:1' }, 'other')]
    expect(render({ listeners }, 'tcpListener')).toMatchObject([{ name: 'listener/backend-8080' }])
    expect(notes({ listeners })).toMatchObject([{ name: 'other', reason: 'Error' }])
  })

  it('end TLS with their credentials', () => {
    const listeners = [listener({ tlsCredentials: 'web' })]
    expect(render({ listeners }, 'tcpListener')).toMatchObject([{ sslProfile: 'tls/web' }])
    expect(notes({ listeners: [listener({ tlsCredentials: 'nowhere' })] })).toMatchObject([{ reason: 'Pending' }])
  })
})

describe('connectors', () => {
  const connector = (spec: object) =>
    resource('Connector', 'backend-8080', { routingKey: 'backend:8080', port: 9000, ...spec })

  it('go to their host', () => {
    expect(render({ connectors: [connector({ host: 'db.example' })] }, 'tcpConnector')).toEqual([
      {
        name: 'connector/backend-8080@db.example',
        address: 'backend:8080',
        host: 'db.example',
        port: '9000',
        siteId: 'site-1',
      },
    ])
  })

  it('go to each selected pod', () => {
    const pods = new Map([['backend-8080', [{ ip: '10.1.0.1', uid: 'u1' }, { ip: '10.1.0.2' }]]])
    const given = { connectors: [connector({ selector: 'app=backend' })], facts: { ...facts, pods } }
    expect(render(given, 'tcpConnector')).toMatchObject([
      { name: 'connector/backend-8080@10.1.0.1', host: '10.1.0.1', processId: 'u1' },
      { name: 'connector/backend-8080@10.1.0.2', host: '10.1.0.2' },
    ])
  })

  it('wait for pods', () => {
    const connectors = [connector({ selector: 'app=backend' })]
    expect(notes({ connectors })).toMatchObject([{ reason: 'Pending', message: 'No pods match selector' }])
  })

  it('trust with a CA alone, and show a certificate where told to', () => {
    const trusting = connector({ host: 'a', tlsCredentials: 'trusted' })
    expect(render({ connectors: [trusting] }, 'tcpConnector')).toMatchObject([
      { sslProfile: 'ca/trusted', verifyHostname: false },
    ])
    expect(render({ connectors: [trusting] }, 'sslProfile')).toContainEqual({
      name: 'ca/trusted',
      caCertFile: '/c/trusted/ca.crt',
    })
    const shown = connector({ host: 'a', tlsCredentials: 'web', useClientCert: true, verifyHostname: true })
    expect(render({ connectors: [shown] }, 'tcpConnector')).toMatchObject([
      { sslProfile: 'tls/web', verifyHostname: true },
    ])
    const missing = connector({ host: 'a', tlsCredentials: 'trusted', useClientCert: true })
    expect(notes({ connectors: [missing] })).toMatchObject([{ reason: 'Pending' }])
  })

  it('of http go per request only where the engine can', () => {
    const connectors = [connector({ host: 'a', type: 'http' })]
    const able = { ...BUILT_IN, httpListener: true }
    expect(render({ connectors }, 'httpConnector', able)).toMatchObject([{ protocolVersion: 'HTTP1' }])
    expect(render({ connectors }, 'tcpConnector')).toHaveLength(1)
  })
})

it('puts every profile before what uses it', () => {
  const listeners = [resource('Listener', 'a', { ...backend, tlsCredentials: 'web' })]
  const entities: readonly EntityConfig[] = routerConfig(input({ listeners }), BUILT_IN)
  const types = entities.map(([type]) => type)
  expect(types.lastIndexOf('sslProfile')).toBeLessThan(types.indexOf('listener'))
})
