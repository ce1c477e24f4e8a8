import { expect, it } from 'vitest'
import { secretData, secretText, type Secret } from '../../../../core/model/secret.ts'

it('reads data and stringData, which wins', () => {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: secretData({ a: 'ä', b: 'data' }),
    stringData: { b: 'plain' },
  }
  expect([secretText(secret, 'a'), secretText(secret, 'b'), secretText(secret, 'c')]).toEqual(['ä', 'plain', undefined])
})
