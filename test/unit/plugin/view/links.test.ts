import { expect, test } from 'vitest'
import type { AccessToken } from '../../../../core/model/access-token.ts'
import { incomingLinks, linkSentence, outgoingLinks } from '../../../../plugin/view/links.ts'
import { link, operational, remoteSite } from '../../../support/resources.ts'

const token = (name: string, message?: string): AccessToken => ({
  apiVersion: 'skupper.io/v2alpha1',
  kind: 'AccessToken',
  metadata: { name },
  spec: { url: 'https://east.example/1', code: 'x', ca: 'y' },
  ...(message === undefined ? {} : { status: { message } }),
})

const sentences = (sources: Partial<Parameters<typeof outgoingLinks>[0]>) =>
  outgoingLinks({ links: [], tokens: [], remoteSites: [], ...sources }).map(linkSentence)

test('a link that is up is connected', () => {
  expect(sentences({ links: [link('link-to-public', operational)] })).toEqual(['Link link-to-public is connected'])
})

test('a link that is down says why, where that is known', () => {
  const down = link('b', { message: 'connection refused' })
  expect(sentences({ links: [down, link('a')] })).toEqual([
    'Link a not connected',
    'Link b not connected (connection refused)',
  ])
})

test('a token that is not redeemed yet is a link that is not connected', () => {
  expect(sentences({ tokens: [token('a'), token('b', 'No such claim')] })).toEqual([
    'Link a not connected (The token is being redeemed)',
    'Link b not connected (No such claim)',
  ])
})

test('a redeemed token and its link are one', () => {
  expect(sentences({ links: [link('a', operational)], tokens: [token('a')] })).toEqual(['Link a is connected'])
})

test('incoming links are those of sites whose own link is up', () => {
  const remoteSites = [remoteSite('west', { linkedIn: true }), remoteSite('north', { linkedIn: false })]
  expect(incomingLinks({ links: [], tokens: [], remoteSites }).map(({ site }) => site)).toEqual(['west'])
})

test('a link tells when its certificate ends, and warns where nobody renews it', () => {
  const condition = (status: 'True' | 'False') => ({
    conditions: [{ type: 'CertificateValid', status, message: 'The certificate ends soon' }],
  })
  const expiries = new Map([['a', '2030-01-01T00:00:00.000Z']])
  const [a, b] = [link('a', condition('False')), link('b', condition('True'))]
  const links = [{ ...a, spec: { ...a.spec, tlsCredentials: 'a' } }, b]
  expect(outgoingLinks({ links, tokens: [], remoteSites: [], expiries })).toMatchObject([
    { name: 'a', expires: '2030-01-01T00:00:00.000Z', warning: 'The certificate ends soon' },
    { name: 'b', expires: undefined, warning: undefined },
  ])
})

test('links that one token made are one, connected where one of them is', () => {
  const made = (name: string, status: Parameters<typeof link>[1] = {}) => {
    const { metadata, ...rest } = link(name, status)
    return { ...rest, metadata: { ...metadata, annotations: { 'internal.skupper.io/access-token': 'uid' } } }
  }
  const redeemed = { ...token('a'), metadata: { name: 'a', uid: 'uid' } }
  const found = outgoingLinks({ links: [made('a-1'), made('a-2', operational)], tokens: [redeemed], remoteSites: [] })
  expect(found.map(({ name, connected, connections }) => ({ name, connected, connections }))).toEqual([
    { name: 'a', connected: true, connections: { up: 1, total: 2 } },
  ])
})

test('connections of all routers of both sites are counted', () => {
  const made = (name: string, message: string) => {
    const conditions = [
      { type: 'Operational', status: 'True' as const, message: 'OK' },
      { type: 'AllConnected', status: 'True' as const, message },
    ]
    const { metadata, ...rest } = link(name, { conditions })
    return { ...rest, metadata: { ...metadata, annotations: { 'internal.skupper.io/access-token': 'uid' } } }
  }
  const redeemed = { ...token('a'), metadata: { name: 'a', uid: 'uid' } }
  const links = [made('a-1', '2 of 2 connections'), made('a-2', '1 of 2 connections')]
  expect(outgoingLinks({ links, tokens: [redeemed], remoteSites: [] })).toMatchObject([
    { connections: { up: 3, total: 4 } },
  ])
})
