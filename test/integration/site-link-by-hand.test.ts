import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { TLS_SECRET, secretData } from '../../core/model/secret.ts'
import { eventually } from '../support/eventually.ts'
import { conditionOf } from '../support/machine-resources.ts'
import { siteHost, startSite } from '../support/machine-site.ts'

test('a Link that a user wrote waits for its Secret and is up once that is there', async () => {
  const [east, west] = await Promise.all([startSite('east', siteHost(1)), startSite('west', siteHost(2))])
  await west.link('to-east', await east.token())
  const { spec } = await west.linked('to-east')
  const credentials = await west.store.credentials('to-east')
  await west.unlink('to-east')
  if (credentials === undefined) throw new Error('a link without credentials')

  const byHand = { apiVersion: 'skupper.io/v2alpha1', kind: 'Link', metadata: { name: 'by-hand' } }
  const link = { ...byHand, spec: { ...spec, tlsCredentials: 'by-hand' } }
  await writeFile(west.path('input', 'resources', 'link.yaml'), stringify(link))
  await eventually(async () => {
    const written = await west.store.get('Link', 'by-hand')
    expect(written && conditionOf(written, 'Configured')).toBe('False Pending TLS credentials by-hand not found')
    return true
  })

  const { ca, certificate = '', key = '' } = credentials
  const data = secretData({ 'ca.crt': ca, 'tls.crt': certificate, 'tls.key': key })
  const secret = { apiVersion: 'v1', kind: 'Secret', type: TLS_SECRET, metadata: { name: 'by-hand' }, data }
  await writeFile(west.path('input', 'resources', 'link.yaml'), `${stringify(secret)}---\n${stringify(link)}`)
  await west.linked('by-hand')
  expect(west.log.join('\n')).not.toContain('PRIVATE KEY')
})
