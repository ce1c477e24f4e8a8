import { expect, test } from 'vitest'
import { siteLines, siteView } from '../../../../plugin/view/site.ts'
import { createAuthority } from '../../../../core/pki/authority.ts'
import { link, operational, remoteSite, site } from '../../../support/resources.ts'

const ready = site('public-cloud', { conditions: [{ type: 'Ready', status: 'True' }] })
const view = (parts: Partial<Parameters<typeof siteView>[0]> = {}) =>
  siteView({ namespace: 'default', site: ready, links: [], remoteSites: [], services: 0, ...parts })

test('a site alone reads as in the guide', () => {
  expect(siteLines(view())).toEqual([
    'Skupper is enabled for namespace "default" in interior mode.',
    'It is connected to 0 other sites.',
  ])
})

test('one other site is told in the singular', () => {
  const remoteSites = [remoteSite('east', { linkedIn: true })]
  expect(siteLines(view({ remoteSites }))).toContain('It is connected to 1 other site.')
})

test('sites behind others are counted as indirect', () => {
  const links = [link('a', { ...operational, remoteSiteId: 'east-id' })]
  const remoteSites = [remoteSite('east'), remoteSite('north', { linkedIn: true }), remoteSite('south')]
  expect(siteLines(view({ links, remoteSites }))).toContain('It is connected to 3 other sites (1 indirectly).')
})

test('sites that cannot be reached do not count', () => {
  expect(view({ remoteSites: [remoteSite('east', { reachable: false })] }).sites.total).toBe(0)
})

test('exposed services are told only where there are any', () => {
  expect(siteLines(view({ services: 1 }))).toContain('It has 1 exposed service.')
  expect(siteLines(view({ services: 2 }))).toContain('It has 2 exposed services.')
})

test('programs are told when certificates end, and people what is overdue', async () => {
  const now = Date.UTC(2030, 0, 1)
  const made = await createAuthority({ commonName: 'ca', now, lifeMs: 24 * 3_600_000 })
  const ends = '2030-01-02T00:00:00.000Z'
  expect(view({ serverCredentials: made }).certificates).toEqual({ server: ends, authorities: [ends] })
  expect(view({ serverCredentials: { ca: 'none' } }).certificates).toBeUndefined()
  const overdue = { type: 'CertificateValid', status: 'False' as const, message: 'overdue' }
  expect(view({ site: site('public-cloud', { conditions: [overdue] }) }).warning).toBe('overdue')
  expect(view().warning).toBeUndefined()
})

test('a site that is not ready says what is missing', () => {
  const pending = site('public-cloud', { message: 'Not Running' })
  expect(siteLines(view({ site: pending }))).toContain('Status pending: Not Running.')
})
