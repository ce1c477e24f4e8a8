import { expect, it } from 'vitest'
import { BUILT_IN, capabilitiesOf, SKUPPER_ROUTER } from '../../../../router/config/engine-capabilities.ts'

it('knows both engines by name', () => {
  expect(capabilitiesOf('built-in')).toBe(BUILT_IN)
  expect(capabilitiesOf('skupper-router')).toBe(SKUPPER_ROUTER)
})

it('refuses any other', () => {
  expect(() => capabilitiesOf('rust')).toThrow(
    expect.objectContaining({ code: 'config/unknown-engine', given: 'rust' }),
  )
})
