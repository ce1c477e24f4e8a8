import { expect, onTestFinished, test } from 'vitest'
import { HttpListener, plain } from '../../../../router/http/http-listener.ts'
import type { HttpPage, HttpPages } from '../../../../router/http/http-listener.ts'

const pages: HttpPages = new Map<string, () => Promise<HttpPage> | HttpPage>([
  ['/healthz', () => plain(200, 'OK')],
  ['/broken', () => Promise.reject(new Error('no figures'))],
])

async function open(port = 0): Promise<HttpListener> {
  const listener = await HttpListener.open({ name: 'http', host: '127.0.0.1', port, tls: undefined, pages })
  onTestFinished(() => {
    listener.close()
  })
  return listener
}

test.each([
  ['GET', '/healthz', 200, 'OK\n'],
  ['GET', '/healthz?verbose', 200, 'OK\n'],
  ['GET', '/nothing', 404, 'not found\n'],
  ['POST', '/healthz', 405, 'only GET\n'],
  ['GET', '/broken', 500, 'no figures\n'],
])('%s %s is answered', async (...[method, path, status, text]) => {
  const { port } = await open()
  const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, { method })
  expect([response.status, await response.text()]).toEqual([status, text])
})

test('a port that is taken is an error that names it', async () => {
  const { port } = await open()
  await expect(open(port)).rejects.toMatchObject({ code: 'http/cannot-listen', given: `127.0.0.1:${String(port)}` })
})

test('closing twice does no harm', async () => {
  const listener = await open()
  listener.close()
  listener.close()
})
