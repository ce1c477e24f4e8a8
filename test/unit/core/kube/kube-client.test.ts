import { expect, test } from 'vitest'
import { errorCode } from '../../../../core/kube/errors.ts'
import { MAX_TRIES } from '../../../../core/kube/retry.ts'
import { CONFIG_MAP } from '../../../../core/kube/resource-types.ts'
import { answerJson, fakeApiServer } from '../../../support/api-server.ts'

const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } }

function refusing(status: number, message = 'not now') {
  return fakeApiServer((_request, response) => {
    answerJson(response, status, {
      kind: 'Status',
      code: status,
      message,
      reason: 'Conflict',
      details: { name: 'one' },
    })
  })
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(() => undefined, errorCode)
}

test('what may pass is tried again, to a limit', async () => {
  for (const status of [429, 500, 503]) {
    const { client, seen } = await refusing(status)
    expect(await codeOf(client.get(CONFIG_MAP, 'one'))).toBe('kube/unavailable')
    expect(seen).toHaveLength(MAX_TRIES)
  }
})

test('a conflict is tried again only where nobody’s write is overwritten', async () => {
  const { client, seen } = await refusing(409)
  expect(await codeOf(client.apply(MAP))).toBe('kube/conflict')
  expect(seen).toHaveLength(MAX_TRIES)
  for (const write of [
    () => client.apply({ ...MAP, metadata: { name: 'one', resourceVersion: '5' } }),
    () => client.apply(MAP, { force: false }),
    () => client.replace(MAP),
    () => client.create(MAP),
  ]) {
    seen.length = 0
    expect(await codeOf(write())).toBe('kube/conflict')
    expect(seen).toHaveLength(1)
  }
})

test('what may have been done is not done twice', async () => {
  const { client, seen } = await refusing(500)
  expect(await codeOf(client.create(MAP))).toBe('kube/unavailable')
  expect(seen).toHaveLength(1)
})

test('what was refused for good is not tried again', async () => {
  for (const [status, code] of [
    [401, 'kube/unauthorized'],
    [403, 'kube/forbidden'],
    [422, 'kube/invalid'],
  ] as const) {
    const { client, seen } = await refusing(status)
    expect(await codeOf(client.apply(MAP))).toBe(code)
    expect(seen).toHaveLength(1)
  }
})

test('an answer that is no JSON is no object', async () => {
  const { client } = await fakeApiServer((_request, response) => {
    response.end('<html>Log in</html>')
  })
  expect(await codeOf(client.get(CONFIG_MAP, 'one'))).toBe('kube/refused')
})

test('a list whose pages grew too old starts again', async () => {
  let lists = 0
  const { client } = await fakeApiServer(({ query }, response) => {
    if (query.get('continue') === null) lists += 1
    if (query.get('continue') !== null && lists === 1) {
      answerJson(response, 410, { code: 410, reason: 'Expired', message: 'too old' })
      return
    }
    const next = query.get('continue') === null ? 'more' : ''
    const items = [{ metadata: { name: next === '' ? 'two' : 'one' } }]
    answerJson(response, 200, { metadata: { resourceVersion: '7', continue: next }, items })
  })
  const page = await client.page(CONFIG_MAP)
  expect(page.items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['ConfigMap one', 'ConfigMap two'])
  expect([page.resourceVersion, lists]).toEqual(['7', 2])
})
