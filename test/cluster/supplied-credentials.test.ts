import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { Authority } from '../../core/pki/authority.ts'
import { CLUSTERS } from '../support/cluster/clusters.ts'
import { nodeAddress, type ClusterNamespace } from '../support/cluster/kubectl.ts'
import { twoNamespaces } from '../support/cluster/linked-sites.ts'
import { issuedFor, testAuthority, tlsSecret } from '../support/cluster/tls.ts'
import { eventually } from '../support/eventually.ts'
import { privateKeyPem } from '../../core/pki/key.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const DEADLINE = { deadlineMs: 60_000 }
const SERVER = 'skupper-site-server'

/** The Secret of an authority, as a user or cert-manager keeps it. */
function authoritySecret(name: string, { certificate, key, trust }: Authority): string {
  return tlsSecret(name, { ca: trust, certificate: certificate.toString(), key: privateKeyPem(key) })
}

/** The serial number of the certificate that a server shows. */
function shownBy(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: 5_000 }, () => {
      resolve(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('timeout', () => socket.destroy(new Error('no answer in time')))
  })
}

const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber

async function nodePort(place: ClusterNamespace): Promise<number> {
  const port = '{.spec.ports[?(@.name=="inter-router")].nodePort}'
  return Number(await place.kubectl(['get', 'service', 'skupper-router', '-o', `jsonpath=${port}`]))
}

async function secretOf(
  place: ClusterNamespace,
  name: string,
): Promise<{ data: Record<string, string>; labels: unknown }> {
  const { data, metadata } = JSON.parse(await place.kubectl(['get', 'secret', name, '-o', 'json'])) as {
    data: Record<string, string>
    metadata: { labels?: unknown }
  }
  return { data, labels: metadata.labels }
}

describe.skipIf(CLUSTERS.length < 2)('credentials that a user supplies', () => {
  test('as authority and as certificate are used, left alone, and followed when they are renewed', async () => {
    const { east, west } = await twoNamespaces()
    const [authority, host] = await Promise.all([testAuthority(), nodeAddress(east)])
    const server = await issuedFor(authority, host)
    await east.apply(authoritySecret('skupper-site-ca', authority) + tlsSecret(SERVER, server))
    const before = await Promise.all(['skupper-site-ca', SERVER].map((name) => secretOf(east, name)))

    await Promise.all([
      east.skupperOk('init', '--site-name', 'east', '--ingress', 'nodeport', '--ingress-host', host),
      west.skupperOk('init', '--site-name', 'west'),
    ])
    expect(await shownBy(host, await nodePort(east))).toBe(serialOf(server.certificate))
    const token = join(await temporaryDirectory(), 'token.yaml')
    await east.skupperOk('token', 'create', token)
    await west.skupperOk('link', 'create', token, '--name', 'to-east')
    const { data } = await secretOf(west, 'to-east')
    const issued = new X509Certificate(Buffer.from(data['tls.crt'] ?? '', 'base64'))
    expect(issued.verify(authority.certificate.publicKey)).toBe(true)
    expect(await Promise.all(['skupper-site-ca', SERVER].map((name) => secretOf(east, name)))).toEqual(before)

    const renewed = await issuedFor(authority, host)
    await east.apply(tlsSecret(SERVER, renewed))
    await eventually(
      async () => (await shownBy(host, await nodePort(east))) === serialOf(renewed.certificate),
      DEADLINE,
    )
    expect(await west.skupperOk('link', 'status')).toBe('Link to-east is connected\n')
  })
})
