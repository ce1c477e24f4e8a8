import { expect, it } from 'vitest'
import { deduceProtocol, parseProtocol, type PortSigns } from '../../../../core/model/protocol.ts'

const table: [PortSigns, string, string][] = [
  [{ appProtocol: 'http', portName: 'grpc', port: 5432 }, 'http', 'appProtocol http'],
  [{ appProtocol: 'kubernetes.io/h2c' }, 'http2', 'appProtocol kubernetes.io/h2c'],
  [{ appProtocol: 'GRPC' }, 'http2', 'appProtocol GRPC'],
  [{ appProtocol: 'kubernetes.io/ws' }, 'http', 'appProtocol kubernetes.io/ws'],
  [{ appProtocol: 'https', port: 80 }, 'tcp', 'appProtocol https'],
  [{ appProtocol: 'mysql', port: 8080 }, 'tcp', 'appProtocol mysql'],
  [{ appProtocol: '', portName: 'http', port: 1 }, 'http', 'port name http'],
  [{ portName: 'http-web', port: 5432 }, 'http', 'port name http-web'],
  [{ portName: 'http2-web' }, 'http2', 'port name http2-web'],
  [{ portName: 'grpc-api', port: 8080 }, 'http2', 'port name grpc-api'],
  [{ portName: 'h2c' }, 'http2', 'port name h2c'],
  [{ portName: 'https', port: 8080 }, 'tcp', 'port name https'],
  [{ portName: 'web', port: 3000 }, 'http', 'port 3000'],
  [{ port: 80 }, 'http', 'port 80'],
  [{ port: 8000 }, 'http', 'port 8000'],
  [{ port: 8080 }, 'http', 'port 8080'],
  [{ port: 8081 }, 'http', 'port 8081'],
  [{ port: 443 }, 'tcp', 'nothing tells of another'],
  [{ portName: 'db', port: 5432 }, 'tcp', 'nothing tells of another'],
  [{}, 'tcp', 'nothing tells of another'],
]

it.each(table)('deduces from %j: %s', (signs, protocol, reason) => {
  expect(deduceProtocol(signs)).toEqual({ protocol, reason })
})

it('takes the protocols it knows and no other', () => {
  expect(['tcp', 'http', 'http2'].map((text) => parseProtocol(text))).toEqual(['tcp', 'http', 'http2'])
  for (const text of ['', 'HTTP', 'udp', 'http1']) {
    expect(() => parseProtocol(text)).toThrow(expect.objectContaining({ code: 'protocol/unknown', given: text }))
  }
})
