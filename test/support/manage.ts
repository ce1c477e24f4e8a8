import { onTestFinished } from 'vitest'
import type { DialTls } from '../../router/amqp/dial.ts'
import { ManagementClient } from '../../router/management/client.ts'

const DEADLINE_MS = 5_000

/** Our management client, connected to a port of this machine and closed with the test. */
export async function manage(port: number, tls?: DialTls): Promise<ManagementClient> {
  const address = { host: '127.0.0.1', port, tls }
  const client = await ManagementClient.connect({ ...address, containerId: 'test', deadlineMs: DEADLINE_MS })
  onTestFinished(() => client.close())
  return client
}
