import { describe, expect, test } from 'vitest'
import { leadWhile, type LeaderElectionOptions } from '../../core/kube/leader-election.ts'
import { LEASE } from '../../core/kube/resource-types.ts'
import { eventually } from '../support/eventually.ts'
import { clusterClient, KUBECONFIG, namespaceClient, serverAddress } from '../support/kube-cluster.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'

const QUICK = { name: 'lead', leaseMs: 2000, renewDeadlineMs: 1000, retryMs: 50 }

/** Runs as a candidate, and says when it leads. */
function candidate(options: Pick<LeaderElectionOptions, 'client' | 'identity' | 'now'>, leaders: Set<string>) {
  const control = new AbortController()
  const log = { info: () => undefined, warn: () => undefined }
  let terms = 0
  const done = leadWhile({ ...QUICK, ...options, log, signal: control.signal }, async (signal) => {
    leaders.add(options.identity)
    terms += 1
    expect(leaders.size).toBe(1)
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve()
      })
    })
    leaders.delete(options.identity)
  })
  return {
    terms: () => terms,
    stop: async () => {
      control.abort()
      await done
    },
  }
}

describe.skipIf(KUBECONFIG === undefined)('leader election', () => {
  test('one of two leads; the other follows at once when it goes', async () => {
    const client = await namespaceClient()
    const leaders = new Set<string>()
    const first = candidate({ client, identity: 'first' }, leaders)
    await eventually(() => leaders.has('first'))
    const second = candidate({ client, identity: 'second' }, leaders)
    await eventually(async () => (await client.get(LEASE, 'lead'))?.spec?.holderIdentity === 'first')
    expect(second.terms()).toBe(0)
    await first.stop()
    await eventually(() => leaders.has('second'))
    const lease = await client.get(LEASE, 'lead')
    expect(lease?.spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 })
    await second.stop()
    expect((await client.get(LEASE, 'lead'))?.spec?.holderIdentity ?? '').toBe('')
  })

  test('one that is cut off stops before another begins, whatever the clocks say', async () => {
    const proxy = await tcpProxy(await serverAddress())
    const direct = await namespaceClient()
    const { namespace } = direct
    const server = `https://127.0.0.1:${String(proxy.port)}`
    const cutOff = await clusterClient({ namespace, server, deadlineMs: 500 })
    const leaders = new Set<string>()
    const first = candidate({ client: cutOff, identity: 'first', now: () => new Date('2100-01-01') }, leaders)
    await eventually(() => leaders.has('first'))
    const second = candidate({ client: direct, identity: 'second', now: () => new Date('2000-01-01') }, leaders)
    await proxy.cut()
    await eventually(() => leaders.has('second'))
    await proxy.restore()
    await second.stop()
    await eventually(() => leaders.has('first'))
    await first.stop()
  })
})
