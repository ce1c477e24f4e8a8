import { expect, test } from 'vitest'
import { connectionType } from '../../../../../router/management/entities/connection.ts'
import type { ConnectionView } from '../../../../../router/mesh/connection/router-connection.ts'

const view: ConnectionView = {
  id: 7,
  name: 'to-b',
  role: 'inter-router',
  dir: 'out',
  host: '127.0.0.1:55671',
  container: 'b',
  user: 'CN=b',
  tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  properties: new Map<string, unknown>([['qd.group-correlator', 'abc']]),
  openedAt: 1_000,
  bytesIn: 1,
  bytesOut: 2,
}

function connections(...views: ConnectionView[]) {
  const closed: number[] = []
  const mesh = {
    connections: () => views,
    closeConnection: (id: number) => {
      closed.push(id)
      return views.some((each) => each.id === id)
    },
  }
  return { type: connectionType(mesh, () => 3_500), closed }
}

test('a connection is shown with its peer, its TLS and its age', () => {
  const { type } = connections(view)
  expect(type.list()).toMatchObject([
    {
      identity: '7',
      container: 'b',
      dir: 'out',
      isEncrypted: true,
      isAuthenticated: true,
      sslProto: 'TLSv1.3',
      opened: true,
      uptimeSeconds: 2,
      groupCorrelationId: 'abc',
    },
  ])
})

test('one without TLS and not yet open says so', () => {
  const { type } = connections({ ...view, tls: undefined, user: undefined, container: '' })
  expect(type.list()).toMatchObject([{ isEncrypted: false, isAuthenticated: false, opened: false }])
})

test('adminStatus "deleted" closes it; nothing else can be changed', async () => {
  const { type, closed } = connections(view)
  const [entity = { name: '', identity: '' }] = type.list()
  expect(await type.update?.(entity, { adminStatus: 'deleted' })).toMatchObject({ adminStatus: 'deleted' })
  expect(closed).toEqual([7])
  const bad = expect.objectContaining({ code: 'management/bad-request' }) as Error
  expect(() => type.update?.(entity, { adminStatus: 'enabled' })).toThrow(bad)
  expect(() => type.update?.(entity, { adminStatus: 'deleted', role: 'normal' })).toThrow(bad)
  const gone = { ...entity, identity: '8' }
  expect(() => type.update?.(gone, { adminStatus: 'deleted' })).toThrow(
    expect.objectContaining({ code: 'management/not-found' }) as Error,
  )
})
