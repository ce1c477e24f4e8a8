import { expect, test } from 'vitest'
import { rheaManagement } from '../support/rhea-management.ts'
import { routerConfig, testAuthorities } from '../support/router-config.ts'
import { startRouter } from '../support/router-process.ts'

const LISTENER = 'io.skupper.router.tcpListener'

test('rhea creates, reads, updates, queries and deletes over mutual TLS', async () => {
  const { entities, clientTls } = await routerConfig('a', await testAuthorities())
  const router = await startRouter(entities)
  const ask = await rheaManagement(await router.port('local'), clientTls)

  const attributes = { address: 'web:8080', host: '127.0.0.1', port: '8080' }
  const created = await ask({ operation: 'CREATE', type: LISTENER, name: 'web' }, attributes)
  const identity = 'tcpListener/127.0.0.1:8080:web'
  expect(created).toMatchObject({ statusCode: 201, body: { ...attributes, name: 'web', identity, operStatus: 'down' } })

  const query = { operation: 'QUERY', entityType: LISTENER }
  expect(await ask(query, { attributeNames: ['name', 'port', 'siteId'] })).toMatchObject({
    statusCode: 200,
    body: { attributeNames: ['name', 'port', 'siteId'], results: [['web', '8080', null]] },
  })
  expect(await ask({ operation: 'READ', type: LISTENER, identity })).toMatchObject({ body: { name: 'web' } })
  const updated = await ask({ operation: 'UPDATE', type: LISTENER, name: 'web' }, { observer: 'http1' })
  expect(updated).toMatchObject({ statusCode: 200, body: { observer: 'http1' } })
  expect(await ask({ operation: 'DELETE', type: LISTENER, name: 'web' })).toMatchObject({ statusCode: 204 })
  expect(await ask(query, { attributeNames: [] })).toMatchObject({ body: { results: [] } })
})

test('what is wrong is answered with its status and in words', async () => {
  const { entities, clientTls } = await routerConfig('a', await testAuthorities())
  const router = await startRouter(entities)
  const ask = await rheaManagement(await router.port('local'), clientTls)
  const create = { operation: 'CREATE', type: LISTENER, name: 'web' }

  expect(await ask(create, { address: 'web', port: '99999' })).toMatchObject({
    statusCode: 400,
    statusDescription: expect.stringContaining('port') as string,
  })
  expect(await ask(create, { address: 'web', port: '1', bogus: 1 })).toMatchObject({ statusCode: 400 })
  expect(await ask(create, 'no map')).toMatchObject({ statusCode: 400 })
  expect(await ask({ ...create, operation: 'READ' })).toMatchObject({ statusCode: 404 })
  expect(await ask({ ...create, operation: 'DANCE' })).toMatchObject({ statusCode: 501 })
  expect(await ask({ operation: 'DELETE', type: 'router', name: 'router/a' })).toMatchObject({ statusCode: 501 })
  const connector = { operation: 'CREATE', type: 'connector', name: 'c' }
  expect(await ask(connector, { role: 'inter-router', port: '1', sslProfile: 'nowhere' })).toMatchObject({
    statusCode: 400,
  })
})
