import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { AccessToken } from '../../core/model/access-token.ts'
import { accessGrant, GRANT_UID } from '../support/access-grants.ts'
import { accessToken } from '../support/access-tokens.ts'
import { directoryStore } from '../support/directory-store.ts'
import { ledgerOf, redeemer } from '../support/token-site.ts'

const PROGRAM = fileURLToPath(new URL('../support/token-server-process.ts', import.meta.url))
const CODE = 'the-code-of-this-test'

/** Starts a token server over the same directory and gives a token for it. */
async function startServer(dir: string, mode: 'crash' | 'serve') {
  const child = spawn(process.execPath, [PROGRAM, dir, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const exited = once(child, 'exit')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { port, ca } = JSON.parse(line) as { port: number; ca: string }
  const token: AccessToken = accessToken({ url: `https://127.0.0.1:${String(port)}/${GRANT_UID}`, ca, code: CODE })
  return { exited, token }
}

test('a server that is killed between counting a use and answering owes its answer to that key, and to no other', async () => {
  const { store, dir } = await directoryStore()
  await store.apply(accessGrant({ code: CODE }))
  const west = redeemer('west-id')

  const first = await startServer(dir, 'crash')
  await expect(west.redeem(first.token)).rejects.toMatchObject({ code: 'redemption/unreachable' })
  expect((await first.exited)[1]).toBe('SIGKILL')
  expect(await ledgerOf(store)).toMatchObject({ redemptions: 1, redeemers: [{ subject: 'west-id' }] })

  const second = await startServer(dir, 'serve')
  await expect(redeemer('thief-id').redeem(second.token)).rejects.toMatchObject({ code: 'redemption/refused' })
  expect((await west.redeem(second.token)).links).toHaveLength(1)
  expect((await ledgerOf(store)).redemptions).toBe(1)
})
