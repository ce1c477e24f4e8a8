import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { TokenServer } from '../../../../controller/token-server/token-server.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { serverCredentials } from '../../../support/server-credentials.ts'
import { takePort } from '../../../support/taken-port.ts'

const refused = () => Promise.resolve({ kind: 'refused' } as const)
const desks = { redemptions: { redeem: refused }, renewals: { renew: refused, confirm: refused } }

test('a port that is taken is an error of its own, and can be listened on once it is free', async () => {
  const host = '127.0.0.1'
  const { port, release } = await takePort(host)
  const options = { host, port, credentials: await serverCredentials(), desks, now: Date.now, log: new RecordedLog() }
  await expect(TokenServer.listen(options)).rejects.toMatchObject({ code: 'token-server/cannot-listen' })
  await release()
  const server = await TokenServer.listen(options)
  onTestFinished(() => {
    server.destroy()
  })
  expect(server.port).toBe(port)
})

test('credentials that do not belong together are refused before listening', async () => {
  const credentials = { ...(await serverCredentials()), key: (await serverCredentials()).key }
  const options = { host: '127.0.0.1', port: 0, credentials, desks, now: Date.now, log: new RecordedLog() }
  await expect(TokenServer.listen(options)).rejects.toMatchObject({ code: 'token-server/cannot-listen' })
})

test('a peer that says nothing does not keep it from closing', async () => {
  const credentials = await serverCredentials()
  const options = { host: '127.0.0.1', port: 0, credentials, desks, now: Date.now, log: new RecordedLog() }
  const server = await TokenServer.listen(options)
  const silent = connect(server.port, '127.0.0.1')
  silent.on('error', () => undefined)
  await once(silent, 'connect')
  const closed = once(silent, 'close')
  await server.close(1)
  await closed
})
