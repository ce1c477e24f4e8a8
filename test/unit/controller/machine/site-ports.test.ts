import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { choosePort, choosePorts, readPorts } from '../../../../controller/machine/site-ports.ts'
import { takePort } from '../../../support/taken-port.ts'

const HOST = '127.0.6.2'
const hosts = { management: HOST, health: HOST, tokens: HOST }
const none = new Set<number>()

test('chooses the first free ports, all different', async () => {
  const ports = await choosePorts({}, { hosts, taken: none })
  expect(ports).toEqual({ management: 5671, health: 9090, tokens: 9091 })
})

test('keeps a port that is still free', async () => {
  const { port, release } = await takePort(HOST)
  await release()
  const ports = await choosePorts({ management: port }, { hosts, taken: none })
  expect(ports.management).toBe(port)
})

test('chooses again where somebody else took a kept port', async () => {
  const { port } = await takePort(HOST)
  const ports = await choosePorts({ health: port }, { hosts, taken: none })
  expect(ports.health).not.toBe(port)
})

test('leaves out what other sites chose', async () => {
  const ports = await choosePorts({}, { hosts, taken: new Set([5671, 5672, 9090]) })
  expect(ports).toEqual({ management: 5673, health: 9091, tokens: 9092 })
})

test('one port can be chosen again, and avoids those of the other purposes', async () => {
  const { port } = await takePort(HOST)
  const kept = { management: port, health: 5671, tokens: 5672 }
  expect(await choosePort('management', kept, { hosts, taken: none })).toBe(5673)
})

async function portsFile(content: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ports-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const file = join(dir, 'ports.json')
  await writeFile(file, content)
  return file
}

test('reads what was kept', async () => {
  expect(await readPorts(await portsFile('{"management":5671,"tokens":9091}'))).toEqual({
    management: 5671,
    tokens: 9091,
  })
})

test.each(['', '{"management":', '{"management":0}', '{"health":70000}', '[]', '"x"'])(
  'a broken file keeps nothing: %s',
  async (content) => {
    expect(await readPorts(await portsFile(content))).toEqual({})
  },
)

test('no file keeps nothing', async () => {
  expect(await readPorts('/nonexistent/ports.json')).toEqual({})
})
