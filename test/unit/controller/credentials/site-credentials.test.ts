import { describe, expect, test } from 'vitest'
import { desiredCredentials } from '../../../../controller/credentials/site-credentials.ts'
import { linkIssuer } from '../../../../core/model/link-issuer.ts'
import type { CredentialFacts } from '../../../../controller/credentials/site-credentials.ts'
import type { RouterAccess } from '../../../../core/model/router-access.ts'
import type { Site } from '../../../../core/model/site.ts'
import { site } from '../../../support/resources.ts'

const access = (spec: Partial<RouterAccess['spec']> = {}, name = 'skupper-router'): RouterAccess => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'RouterAccess',
  metadata: { name },
  spec: { roles: [{ name: 'inter-router' }], tlsCredentials: 'skupper-site-server', ...spec },
})

const siteWith = (spec: Site['spec']): Site => ({ ...site('east'), spec })

function desired(changes: Partial<CredentialFacts> = {}) {
  const facts = {
    site: site('east'),
    accesses: [access()],
    hosts: { local: ['127.0.5.1'], outside: () => ['box', '10.0.0.7'] },
  }
  const { issuers, certificates } = desiredCredentials({ ...facts, ...changes })
  return {
    issuers: issuers.map(({ name }) => name),
    rolled: issuers.filter(({ isRolled }) => isRolled).map(({ name }) => name),
    certificates,
    hostsOf: (name: string) => certificates.find((one) => one.name === name)?.hosts,
  }
}

describe('the credentials of a site', () => {
  test('that can be linked to: its server, its token server, and the local listener, each under its own CA', () => {
    expect(desired().certificates.map(({ name, issuer }) => `${name} by ${issuer}`)).toEqual([
      'skupper-local-server by skupper-local-ca',
      'skupper-local-client by skupper-local-ca',
      'skupper-site-server by skupper-site-ca',
      'skupper-grant-server by skupper-grant-server-ca',
    ])
    expect(desired().issuers).toEqual(['skupper-local-ca', 'skupper-site-ca', 'skupper-grant-server-ca'])
  })

  test('that cannot be linked to: those of the local listener', () => {
    expect(desired({ accesses: [] }).issuers).toEqual(['skupper-local-ca'])
  })

  test('of an edge site have no token server', () => {
    expect(desired({ site: siteWith({ edge: true }) }).hostsOf('skupper-grant-server')).toBeUndefined()
  })
})

describe('hosts', () => {
  test('of what others dial are those the place knows, for the router and for tokens', () => {
    expect(desired().hostsOf('skupper-site-server')).toEqual(['box', '10.0.0.7'])
    expect(desired().hostsOf('skupper-grant-server')).toEqual(['box', '10.0.0.7'])
  })

  test('that are not known yet: no certificate', () => {
    const { certificates } = desired({ hosts: { local: [], outside: () => undefined } })
    expect(certificates.map(({ name }) => name)).toEqual(['skupper-local-server', 'skupper-local-client'])
  })

  test('are joined where accesses share credentials', () => {
    const accesses = [access(), access({}, 'second'), access({}, 'unknown')]
    const known = new Map([
      ['skupper-router', ['a']],
      ['second', ['a', 'b']],
    ])
    const hosts = { local: [], outside: ({ metadata }: RouterAccess) => known.get(metadata.name) }
    expect(desired({ accesses, hosts }).hostsOf('skupper-site-server')).toEqual(['a', 'b'])
  })

  test('of the local listener are loopback and where it is dialled', () => {
    expect(desired().hostsOf('skupper-local-server')).toEqual(['localhost', '127.0.0.1', '::1', '127.0.5.1'])
  })
})

test('issuers come from the access, then from the site, and credentials the user promises are not made', () => {
  const company = siteWith({ defaultIssuer: 'company-ca' })
  expect(desired({ site: company }).issuers).toContain('company-ca')
  expect(linkIssuer(company, [access()])).toBe('company-ca')
  expect(
    linkIssuer(company, [access({ roles: [{ name: 'normal' }], issuer: 'a' }, 'x'), access({ issuer: 'b' })]),
  ).toBe('b')
  expect(linkIssuer(site('east'), [])).toBe('skupper-site-ca')
  expect(
    desired({ accesses: [access({ generateTlsCredentials: false })] }).hostsOf('skupper-site-server'),
  ).toBeUndefined()
})

test('only a CA that other sites trust, and can be told of another, gets another key', () => {
  expect(desired().rolled).toEqual(['skupper-site-ca'])
})
