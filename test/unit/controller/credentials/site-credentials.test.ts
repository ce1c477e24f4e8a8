import { describe, expect, test } from 'vitest'
import { desiredCredentials, linkIssuer } from '../../../../controller/credentials/site-credentials.ts'
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
    managementHost: '127.0.0.1',
    machineHosts: ['box', '10.0.0.7'],
  }
  const { issuers, certificates } = desiredCredentials({ ...facts, ...changes })
  return { issuers, certificates, hostsOf: (name: string) => certificates.find((one) => one.name === name)?.hosts }
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

describe('the hosts of the server', () => {
  test('are those of the machine where it listens on all of them', () => {
    expect(desired().hostsOf('skupper-site-server')).toEqual(['box', '10.0.0.7'])
    expect(desired().hostsOf('skupper-grant-server')).toEqual(['box', '10.0.0.7'])
    const bound = access({ bindHost: '0.0.0.0', subjectAlternativeNames: ['site.example'] })
    expect(desired({ accesses: [bound] }).hostsOf('skupper-site-server')).toEqual(['site.example', 'box', '10.0.0.7'])
  })

  test('are the one it binds and those it is given, where it binds one', () => {
    const bound = access({ bindHost: '127.0.5.1', subjectAlternativeNames: ['site.example'] })
    expect(desired({ accesses: [bound] }).hostsOf('skupper-site-server')).toEqual(['site.example', '127.0.5.1'])
  })

  test('have the link-host of the site in any case', () => {
    const named = siteWith({ settings: { 'link-host': 'public.example' } })
    expect(desired({ site: named }).hostsOf('skupper-site-server')).toEqual(['public.example'])
    expect(desired({ site: named, accesses: [access({ bindHost: '::' })] }).hostsOf('skupper-site-server')).toEqual([
      'public.example',
      'box',
      '10.0.0.7',
    ])
  })

  test('are joined where accesses share credentials', () => {
    const accesses = [access({ bindHost: '127.0.5.1' }), access({ bindHost: '127.0.5.2' }, 'second')]
    expect(desired({ accesses }).hostsOf('skupper-site-server')).toEqual(['127.0.5.1', '127.0.5.2'])
  })

  test('of the local listener are loopback and where it binds', () => {
    expect(desired({ managementHost: '127.0.5.1' }).hostsOf('skupper-local-server')).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
      '127.0.5.1',
    ])
    expect(desired({ managementHost: '0.0.0.0' }).hostsOf('skupper-local-server')).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
    ])
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
