import { expect, test } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { applyLive, type Changes } from '../../../../controller/router/live-changes.ts'

const PLAN = {
  delete: [{ type: 'tcpListener', name: 'listener/old', attributes: {} }],
  update: [{ type: 'sslProfile', name: 'skupper-x', attributes: { ordinal: 2 } }],
  create: [
    { type: 'tcpListener', name: 'listener/a', attributes: { address: 'a:1', port: '1' } },
    { type: 'tcpConnector', name: 'connector/b@h', attributes: { address: 'b:1', port: '1' } },
  ],
} as const

/** A router that notes what it is asked and refuses what has the given name. */
function router(refused?: string, code = 'management/bad-request'): Changes & { asked: string[] } {
  const asked: string[] = []
  const answer = (operation: string, type: string, name: string): Promise<void> => {
    asked.push(`${operation} ${type} ${name}`)
    return name === refused ? Promise.reject(new SkupperError(code, 'no')) : Promise.resolve()
  }
  return {
    asked,
    create: (type, name) => answer('create', type, name),
    update: (type, { name }) => answer('update', type, name),
    delete: (type, { name }) => answer('delete', type, name),
  }
}

test('makes all changes in order, by full type names', async () => {
  const client = router()
  expect((await applyLive(client, PLAN)).size).toBe(0)
  expect(client.asked).toEqual([
    'delete io.skupper.router.tcpListener listener/old',
    'update io.skupper.router.sslProfile skupper-x',
    'create io.skupper.router.tcpListener listener/a',
    'create io.skupper.router.tcpConnector connector/b@h',
  ])
})

test('a refusal is told and stops nothing', async () => {
  const client = router('listener/a')
  expect([...(await applyLive(client, PLAN))]).toEqual([['listener/a', 'no']])
  expect(client.asked).toHaveLength(4)
})

test('a connection that fails is no refusal', async () => {
  const client = router('skupper-x', 'amqp/closed')
  await expect(applyLive(client, PLAN)).rejects.toMatchObject({ code: 'amqp/closed' })
  expect(client.asked).toHaveLength(2)
})
