import { expect, onTestFinished, test } from 'vitest'
import { errorCode } from '../../../../core/kube/errors.ts'
import { Informer, type InformerOptions } from '../../../../core/kube/informer.ts'
import type { KubeClient } from '../../../../core/kube/kube-client.ts'
import { CONFIG_MAP } from '../../../../core/kube/resource-types.ts'
import { answerJson, fakeApiServer } from '../../../support/api-server.ts'
import { eventually } from '../../../support/eventually.ts'

function map(name: string, resourceVersion: string) {
  return { metadata: { name, uid: name, resourceVersion, managedFields: [{}] }, data: { v: resourceVersion } }
}

function started(client: KubeClient, options: InformerOptions = {}) {
  const informer = new Informer(client, CONFIG_MAP, { random: () => 0, ...options })
  onTestFinished(() => {
    informer.close()
  })
  informer.start()
  return informer
}

test('a watch that is gone is followed by a new list', async () => {
  let lists = 0
  const { client, seen } = await fakeApiServer(({ query }, response) => {
    if (query.get('watch') === null) {
      lists += 1
      const items = lists === 1 ? [map('a', '1'), map('b', '1')] : [map('b', '8'), map('c', '9')]
      answerJson(response, 200, { metadata: { resourceVersion: String(lists * 10) }, items })
      return
    }
    if (query.get('resourceVersion') === '20') {
      response.write('\n')
      return
    }
    response.write(`${JSON.stringify({ type: 'ADDED', object: map('x', '12') })}\n`)
    response.end(`${JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })}\n`)
  })
  let told = 0
  const informer = started(client, { onChange: () => (told += 1) })
  await informer.ready(5000)
  await eventually(
    () =>
      informer
        .items()
        .map(({ metadata }) => metadata.name)
        .join() === 'b,c',
  )
  await eventually(() => informer.staleSince === undefined)
  expect(informer.get('b')?.data).toEqual({ v: '8' })
  expect(informer.get('b')?.metadata.managedFields).toBeUndefined()
  expect(told).toBeGreaterThanOrEqual(3)
  expect(
    seen.filter(({ query }) => query.get('watch') === 'true').map(({ query }) => query.get('resourceVersion')),
  ).toEqual(['10', '20'])
})

test('a watch that ends goes on from where it was', async () => {
  const { client, seen } = await fakeApiServer(({ query }, response) => {
    if (query.get('watch') === null) {
      answerJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] })
    } else if (query.get('resourceVersion') === '1') {
      response.end(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '5' } } })}\n`)
    } else {
      response.write(`${JSON.stringify({ type: 'ADDED', object: map('late', '6') })}\n`)
    }
  })
  const informer = started(client)
  await eventually(() => informer.get('late') !== undefined)
  expect(seen.map(({ query }) => query.get('resourceVersion'))).toEqual([null, '1', '5'])
})

test('what does not pass by waiting is said at once', async () => {
  const { client } = await fakeApiServer((_request, response) => {
    answerJson(response, 403, { code: 403, message: 'no' })
  })
  const informer = started(client)
  expect(errorCode(await informer.ready(60_000).catch((error: unknown) => error))).toBe('kube/forbidden')
  expect(informer.staleSince).toBeInstanceOf(Date)
})
