import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ACKNOWLEDGE_EVERY_BYTES,
  ReceiveWindow,
  SendWindow,
  WINDOW_BYTES,
} from '../../../../router/service/stream-window.ts'

/** skupper-router's own threshold: our window must be wider, or a stream to it stalls. */
const LARGEST_PEER_THRESHOLD = 521_216

describe('the send window', () => {
  it('closes when the window is under way, and opens with an acknowledgement', () => {
    const window = new SendWindow()
    expect(window.take(WINDOW_BYTES - 1)).toBe(true)
    expect(window.take(1)).toBe(false)
    expect(window.acknowledge(0)).toBe(false)
    expect(window.acknowledge(1)).toBe(true)
  })

  it('is not widened by an offset that was never sent', () => {
    const window = new SendWindow()
    window.take(WINDOW_BYTES)
    expect(window.acknowledge(WINDOW_BYTES + 1)).toBe(false)
  })

  it('is not narrowed by an offset that goes back', () => {
    const window = new SendWindow()
    window.take(WINDOW_BYTES)
    window.acknowledge(1000)
    expect(window.acknowledge(10)).toBe(true)
    expect(window.take(1000)).toBe(false)
  })

  it('never has more than the window and one chunk under way, and never stalls', () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 65_536 }), { minLength: 1, maxLength: 300 })
    const threshold = fc.integer({ min: 1, max: LARGEST_PEER_THRESHOLD })
    fc.assert(
      fc.property(chunks, threshold, (sizes, peerThreshold) => {
        const window = new SendWindow()
        let sent = 0
        let acknowledged = 0
        for (const size of sizes) {
          sent += size
          if (window.take(size)) continue
          expect(sent - acknowledged).toBeLessThan(WINDOW_BYTES + 65_536)
          // The peer writes all it has to its socket and acknowledges once its threshold is passed.
          expect(sent - acknowledged).toBeGreaterThanOrEqual(peerThreshold)
          acknowledged = sent
          expect(window.acknowledge(sent)).toBe(true)
        }
      }),
    )
  })
})

describe('the receive window', () => {
  it('falls due after the threshold, counted from the last acknowledgement', () => {
    const window = new ReceiveWindow()
    expect(window.due(ACKNOWLEDGE_EVERY_BYTES - 1)).toBe(false)
    expect(window.due(ACKNOWLEDGE_EVERY_BYTES + 7)).toBe(true)
    expect(window.due(2 * ACKNOWLEDGE_EVERY_BYTES + 6)).toBe(false)
    expect(window.due(2 * ACKNOWLEDGE_EVERY_BYTES + 7)).toBe(true)
  })

  it('keeps a sender going for ever, whatever the sizes of the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 65_536 }), { maxLength: 300 }), (sizes) => {
        const sender = new SendWindow()
        const receiver = new ReceiveWindow()
        let written = 0
        for (const size of sizes) {
          const open = sender.take(size)
          written += size
          const reopened = receiver.due(written) && sender.acknowledge(written)
          expect(open || reopened).toBe(true)
        }
      }),
    )
  })
})
