import { expect, test } from 'vitest'
import { Forwarder } from '../../../../router/mesh/forward/forwarder.ts'
import { forwarderPort } from '../../../../router/telemetry/forwarder-port.ts'
import { FakeRoutes } from '../../../support/fake-routes.ts'
import { eventually } from '../../../support/eventually.ts'

test('telemetry sends, hears and sees who listens through the forwarder', async () => {
  const port = forwarderPort(new Forwarder({ routes: new FakeRoutes(), random: Math.random }))
  const heard: unknown[] = []
  const reachable: boolean[] = []
  port.watch('mc/sfe.all', (is) => reachable.push(is))
  const stop = port.subscribe('mc/sfe.all', ({ subject }) => heard.push(subject))
  port.send({ to: 'mc/sfe.all', subject: 'BEACON' })
  await eventually(() => heard.length === 1)
  stop()
  port.send({ to: 'mc/sfe.all', subject: 'LOST' })
  expect(heard).toEqual(['BEACON'])
  expect(reachable).toEqual([false, true, false])
})
