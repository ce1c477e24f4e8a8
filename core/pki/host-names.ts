import type { X509Certificate } from 'node:crypto'
import { isIP, SocketAddress } from 'node:net'
import { SkupperError } from '../model/error.ts'

const MAX_HOSTS = 100
const MAX_NAME_LENGTH = 253
const DNS_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/

/**
 * Host names and IP addresses in one spelling (lower case, canonical IPv6), without repetitions, sorted.
 * Throws `pki/bad-host` for what is neither, and for more than 100.
 */
export function normalizedHosts(hosts: readonly string[]): string[] {
  const unique = new Set(hosts.map(normalizedHost))
  if (unique.size > MAX_HOSTS) {
    throw new SkupperError('pki/bad-host', `${String(unique.size)} hosts are too many for one certificate.`, {
      given: unique.size,
      wanted: `at most ${String(MAX_HOSTS)}`,
    })
  }
  return [...unique].sort()
}

/** The hosts a certificate names as subject alternative names, in the spelling of `normalizedHosts`. */
export function hostsOf(certificate: X509Certificate): string[] {
  const names = (certificate.subjectAltName ?? '').split(', ').flatMap((entry) => {
    const name = /^(?:DNS|IP Address):(.*)$/.exec(entry)?.[1]
    return name === undefined || name === '' ? [] : [canonical(name.toLowerCase())]
  })
  return [...new Set(names)].sort()
}

function normalizedHost(host: string): string {
  const name = canonical(host.toLowerCase().replace(/^\[(.*)\]$/, '$1'))
  if (isAddress(name) || (DNS_NAME.test(name) && name.length <= MAX_NAME_LENGTH)) return name
  throw new SkupperError('pki/bad-host', `"${host}" is neither a host name nor an IP address.`, { given: host })
}

function canonical(name: string): string {
  if (!isAddress(name) || isIP(name) !== 6) return name
  return new SocketAddress({ address: name, family: 'ipv6' }).address
}

/** An address with a zone ("fe80::1%eth0") means something on one machine only. */
function isAddress(name: string): boolean {
  return isIP(name) !== 0 && !name.includes('%')
}
