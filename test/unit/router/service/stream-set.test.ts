import { describe, expect, it } from 'vitest'
import { SkupperError } from '../../../../core/model/error.ts'
import { StreamSet, type LiveStream } from '../../../../router/service/stream-set.ts'

const REASON = new SkupperError('tcp/test', 'a test')

function liveStream(streams: StreamSet): LiveStream {
  const stream = {
    destroy(reason: SkupperError) {
      streams.remove(stream, reason)
    },
  }
  streams.add(stream)
  return stream
}

describe('the live connections of a service', () => {
  it('are counted when they open and, once, when they end', () => {
    const streams = new StreamSet()
    const stream = liveStream(streams)
    streams.remove(stream)
    streams.remove(stream, REASON)
    expect(streams).toMatchObject({ connectionsOpened: 1, connectionsClosed: 1, lastError: undefined })
  })

  it('are counted once when they go on under another object', () => {
    const streams = new StreamSet()
    const opening = liveStream(streams)
    const stream = { destroy: () => undefined }
    streams.replace(opening, stream)
    streams.remove(opening)
    expect(streams.connectionsClosed).toBe(0)
    streams.remove(stream)
    expect(streams).toMatchObject({ connectionsOpened: 1, connectionsClosed: 1 })
  })

  it('keep the last reason of a failure', () => {
    const streams = new StreamSet()
    streams.remove(liveStream(streams), REASON)
    streams.remove(liveStream(streams))
    expect(streams.lastError).toBe(REASON)
  })

  it('are all destroyed together', () => {
    const streams = new StreamSet()
    liveStream(streams)
    liveStream(streams)
    streams.destroy(REASON)
    expect(streams.connectionsClosed).toBe(2)
  })
})

describe('idle', () => {
  it('is at once where nothing lives', async () => {
    expect(await new StreamSet().idle(1)).toBe(true)
  })

  it('comes with the end of the last connection', async () => {
    const streams = new StreamSet()
    const [one, two] = [liveStream(streams), liveStream(streams)]
    const idle = streams.idle(60_000)
    streams.remove(one)
    streams.remove(two)
    expect(await idle).toBe(true)
  })

  it('does not come while a connection lives, and says so at the deadline', async () => {
    const streams = new StreamSet()
    liveStream(streams)
    expect(await streams.idle(1)).toBe(false)
  })
})
