import { expect, test } from 'vitest'
import { exposedPorts, pairPorts } from '../../../plugin/exposed-ports.ts'
import type { Target } from '../../../plugin/target.ts'
import { thrownCode } from '../../support/thrown-code.ts'

const deployment: Target = {
  ...{ type: 'deployment', name: 'api', exit: { selector: 'app=api' }, address: 'api' },
  ports: [{ port: 9000, targetPort: 9000, portName: 'grpc' }],
}
const service: Target = {
  ...{ type: 'service', name: 'web', exit: { selector: 'app=web' }, address: 'web' },
  ports: [
    { port: 80, targetPort: 8080, portName: 'http' },
    { port: 443, targetPort: 8443 },
  ],
}

test('target ports pair with the ports in order or by name', () => {
  expect(pairPorts([80, 81], [])).toEqual([
    { port: 80, targetPort: 80 },
    { port: 81, targetPort: 81 },
  ])
  expect(pairPorts([80], ['8080'])).toEqual([{ port: 80, targetPort: 8080 }])
  expect(pairPorts([80, 81], ['81:9090'])).toEqual([
    { port: 80, targetPort: 80 },
    { port: 81, targetPort: 9090 },
  ])
})

test('target ports that fit no port are refused', () => {
  expect(thrownCode(() => pairPorts([80], ['81:9090']))).toBe('port/mapping')
  expect(thrownCode(() => pairPorts([80], ['1', '2']))).toBe('port/mapping')
  expect(thrownCode(() => pairPorts([80], ['0']))).toBe('port/invalid')
  expect(thrownCode(() => pairPorts([80], ['80:70000']))).toBe('port/invalid')
})

test('ports come from the target where no flag names them', () => {
  expect(exposedPorts(service, {})).toEqual([
    { port: 80, targetPort: 8080, signs: { port: 80, portName: 'http', appProtocol: undefined } },
    { port: 443, targetPort: 8443, signs: { port: 443, portName: undefined, appProtocol: undefined } },
  ])
  expect(thrownCode(() => exposedPorts({ ...deployment, ports: [] }, {}))).toBe('flag/port')
})

test('a port of a workload is what it is, one of a Service leads to its pods', () => {
  expect(exposedPorts(deployment, { port: [8080] })).toMatchObject([{ port: 8080, targetPort: 8080 }])
  expect(exposedPorts(service, { port: [80] })).toMatchObject([{ port: 80, targetPort: 8080 }])
  expect(exposedPorts({ ...service, ports: service.ports.slice(0, 1) }, { port: [9999] })).toMatchObject([
    { port: 9999, targetPort: 8080 },
  ])
  expect(thrownCode(() => exposedPorts(service, { port: [9999] }))).toBe('port/mapping')
})

test('what tells of a protocol is the port that is reached', () => {
  expect(exposedPorts(deployment, { port: [80], targetPort: ['9000'] })[0]?.signs.portName).toBe('grpc')
})
