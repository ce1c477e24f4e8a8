import { expect, test } from 'vitest'
import { freePort, isFree } from '../../../../controller/machine/free-port.ts'
import { takePort } from '../../../support/taken-port.ts'

const HOST = '127.0.6.1'

test('tells a taken port from a free one', async () => {
  const { port, release } = await takePort(HOST)
  expect(await isFree(HOST, port)).toBe(false)
  await release()
  expect(await isFree(HOST, port)).toBe(true)
})

test('passes over taken and reserved ports', async () => {
  const { port } = await takePort(HOST)
  const found = await freePort({ host: HOST, from: port, taken: new Set([port + 1, port + 2]) })
  expect(found).toBeGreaterThan(port + 2)
})

test('an address this machine does not have is an error, not a search', async () => {
  await expect(freePort({ host: '192.0.2.1', from: 5671, taken: new Set() })).rejects.toMatchObject({
    code: 'ports/host-unusable',
    given: '192.0.2.1',
  })
})

test('says so when no port is left', async () => {
  const { port } = await takePort(HOST)
  const above = Array.from({ length: 65_536 - port }, (_, i) => port + i)
  await expect(freePort({ host: HOST, from: port, taken: new Set(above) })).rejects.toMatchObject({
    code: 'ports/none-free',
  })
})
