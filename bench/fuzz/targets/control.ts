import { ControlPlane } from '../../../router/mesh/control/control-plane.ts'
import type { ControlLink } from '../../../router/mesh/control/control-link.ts'
import type { FuzzTarget } from '../target.ts'

/** Messages between two ticks of the router's clock. */
const MESSAGES_PER_TICK = 100
const TICK_MS = 1_000

/** A router with two neighbours, of which one says whatever comes; time goes on meanwhile. */
export const controlTarget: FuzzTarget = {
  name: 'control',
  corpus: 'control-messages',
  make() {
    let now = 1_700_000_000_000
    let messages = 0
    const nobody = () => undefined
    const events = {
      onTopology: nobody,
      onRouterLost: nobody,
      onAddress: nobody,
      onLeaving: nobody,
      onDuplicateId: nobody,
    }
    const random = (): number => 0.5
    const plane = new ControlPlane({ routerId: 'A', instance: 1_700_000_000, now: () => now, random, events })
    const links = ['B', 'C'].map((peerId): ControlLink => ({ peerId, cost: 1, send: nobody }))
    for (const link of links) plane.linkUp(link)
    plane.advertise('Mown', 3)
    return (input) => {
      const [link] = links
      if (link !== undefined) plane.receive(link, input)
      if (++messages % MESSAGES_PER_TICK !== 0) return
      now += TICK_MS
      plane.tick()
    }
  },
}
