import { expect, test } from 'vitest'
import {
  allocatePorts,
  formatListenerPorts,
  readListenerPorts,
} from '../../../../controller/kubernetes/cluster-ports.ts'
import { listener, multiKeyListener } from '../../../support/machine-resources.ts'

const NONE = new Set<number>()

test('a listener keeps its port, a new one gets the lowest that is free', () => {
  const first = allocatePorts(new Map(), [listener('a'), listener('b')], NONE)
  expect([...first]).toEqual([
    ['a', 1024],
    ['b', 1025],
  ])
  const second = allocatePorts(first, [listener('c'), listener('b')], NONE)
  expect(second.get('b')).toBe(1025)
  expect(second.get('c')).toBe(1024)
  expect(second.has('a')).toBe(false)
})

test("ports of the router itself and of its accesses are nobody else's", () => {
  const kept = new Map([
    ['a', 9090],
    ['b', 7000],
  ])
  const ports = allocatePorts(kept, [listener('a'), listener('b')], new Set([7000, 1024]))
  expect([...ports.values()]).toEqual([1025, 1026])
})

test('ports are kept as text in one order; a broken text keeps none', () => {
  const ports = new Map([
    ['b', 1025],
    ['a', 1024],
  ])
  expect(formatListenerPorts(ports)).toBe('{"a":1024,"b":1025}')
  expect(readListenerPorts(formatListenerPorts(ports))).toEqual(new Map([...ports].sort()))
  for (const text of [undefined, '', '[', '{"a":1}', '{"a":"1024"}']) expect(readListenerPorts(text).size).toBe(0)
})

test('a MultiKeyListener of the same name has a port of its own', () => {
  const listeners = [listener('a'), multiKeyListener('a', { priority: { routingKeys: ['b'] } })]
  expect([...allocatePorts(new Map(), listeners, NONE)]).toEqual([
    ['a', 1024],
    ['multiAddress/a', 1025],
  ])
})
