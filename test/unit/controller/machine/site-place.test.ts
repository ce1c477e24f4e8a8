import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dialHost, outsideAddresses, SitePlace } from '../../../../controller/machine/site-place.ts'
import { takePort } from '../../../support/taken-port.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const HOST = '127.0.6.3'
const OTHER = '127.0.6.4'

function wish(host: string, reserved: readonly number[] = []) {
  return { hosts: { management: host, health: host, tokens: host }, reserved: new Set(reserved) }
}

async function emptyPlace(others: readonly string[] = []) {
  const portsFile = join(await temporaryDirectory(), 'ports.json')
  return { portsFile, place: new SitePlace({ portsFile, otherPortsFiles: () => Promise.resolve(others) }) }
}

test('ports are chosen once and kept', async () => {
  const { place, portsFile } = await emptyPlace()
  const ports = await place.settle(wish(HOST))
  expect(ports).toEqual({ management: 5671, health: 9090, tokens: 9091 })
  expect(JSON.parse(await readFile(portsFile, 'utf8'))).toEqual(ports)
  const later = new SitePlace({ portsFile, otherPortsFiles: () => Promise.resolve([]) })
  await takePort(HOST, 5670)
  expect(await later.settle(wish(HOST))).toEqual(ports)
})

test('a port in use by the site itself is not looked at again', async () => {
  const { place } = await emptyPlace()
  const ports = await place.settle(wish(HOST))
  await takePort(HOST, ports.tokens)
  expect(await place.settle(wish(HOST))).toEqual(ports)
})

test('a port that somebody took is chosen anew when it is checked, and that is kept', async () => {
  const { place, portsFile } = await emptyPlace()
  const { health } = await place.settle(wish(HOST))
  await takePort(HOST, health)
  const after = await place.recheck(['management', 'health'])
  expect(after).toEqual({ management: 5671, health: 9092, tokens: 9091 })
  expect(JSON.parse(await readFile(portsFile, 'utf8'))).toEqual(after)
})

test('another address is looked at anew', async () => {
  const { place } = await emptyPlace()
  await place.settle(wish(HOST))
  await takePort(OTHER, 5671)
  expect(await place.settle(wish(OTHER))).toEqual({ management: 5672, health: 9090, tokens: 9091 })
})

test("other sites' ports and those of services are passed over", async () => {
  const others = join(await temporaryDirectory(), 'ports.json')
  await writeFile(others, '{"management":5671,"health":9090}')
  const { place } = await emptyPlace([others])
  expect(await place.settle(wish(HOST, [9091]))).toEqual({ management: 5672, health: 9092, tokens: 9093 })
})

test('what listens on all addresses is dialled on loopback', () => {
  expect(['0.0.0.0', '::', ''].map(dialHost)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1'])
  expect(dialHost('127.0.5.1')).toBe('127.0.5.1')
})

test('no address of loopback is one that others may reach', () => {
  expect(outsideAddresses().filter((address) => address.startsWith('127.') || address === '::1')).toEqual([])
})
