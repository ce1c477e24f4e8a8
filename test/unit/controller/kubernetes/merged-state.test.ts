import { expect, test } from 'vitest'
import { mergedState } from '../../../../controller/kubernetes/merged-state.ts'
import { NO_ROUTER, type RouterState } from '../../../../controller/router/router-state.ts'

const router = (id: string, isUp: boolean): RouterState => ({
  ...NO_ROUTER,
  isRunning: true,
  entityNames: new Set([`listener/${id}`]),
  connectors: new Map([['to-west', { isUp, message: isUp ? '' : 'refused' }]]),
  routers: new Set([id]),
})

test('a link is up when one router has it up, whichever comes first', () => {
  for (const states of [
    [router('a', true), router('b', false)],
    [router('b', false), router('a', true)],
  ]) {
    const merged = mergedState(states, { wanted: 2 })
    expect(merged.connectors.get('to-west')).toEqual({ isUp: true, message: '', connections: { up: 1, total: 2 } })
    expect([...merged.routers].sort()).toEqual(['a', 'b'])
    expect(merged.entityNames.size).toBe(2)
  }
})

test('a router that is not there counts among the connections', () => {
  const merged = mergedState([router('a', true)], { wanted: 2 })
  expect(merged.connectors.get('to-west')?.connections).toEqual({ up: 1, total: 2 })
  expect(mergedState([router('a', true)], { wanted: 1 }).connectors.get('to-west')?.connections).toBeUndefined()
})

test('a router that does not answer says nothing; without any the site has a trouble', () => {
  expect(mergedState([NO_ROUTER, router('a', false)], { wanted: 2 }).isRunning).toBe(true)
  expect(mergedState([NO_ROUTER], { wanted: 1, trouble: 'no image' })).toEqual({ ...NO_ROUTER, trouble: 'no image' })
})
