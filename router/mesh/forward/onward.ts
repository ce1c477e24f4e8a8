import type { OutgoingDelivery } from '../../amqp/delivery.ts'
import type { Arrival } from './arrival.ts'
import type { AddressSpace } from '../address.ts'
import type { MessageHead } from '../message-head.ts'
import { trustedAnnotations } from './passage.ts'
import { pipe } from './pipe.ts'
import { encodeAnnotations, passedOn, STREAMING, type RouterAnnotations } from '../router-annotations.ts'
import type { Target } from './target.ts'
import type { Transits } from './transits.ts'

/** What goes on of a message: new annotations, and every byte behind the old ones. */
export interface Onward {
  readonly annotations: RouterAnnotations
  readonly rest: Buffer
  /** 0 to 9. */
  readonly priority: number
}

/** The router that passes something on. */
interface Here {
  readonly routerId: string
  readonly space: AddressSpace
}

/** Up to this many bytes are copied behind the annotations, so that they leave in one frame. */
const JOINED_BYTES = 8 * 1024

/** What the router `here` passes on of a delivery that came in by a link. */
export function onward(arrival: Arrival, head: MessageHead, here: Here): Onward {
  const { ingress } = arrival
  const passed = passedOn(trustedAnnotations(ingress, head), here.routerId, here.space.mode)
  return {
    annotations: {
      ...passed,
      flags: arrival.streaming ? passed.flags | STREAMING : passed.flags,
      toOverride: ingress.to ?? passed.toOverride,
    },
    rest: arrival.bytes().subarray(head.annotationsLength),
    priority: head.priority,
  }
}

/** Where a delivery goes, and what counts it while it is under way. */
export interface Way {
  readonly target: Target
  readonly transits: Transits
}

/** Joins the delivery to one towards `target`. False if that takes none; the delivery is then untouched. */
export function forward(arrival: Arrival, way: Way, message: Onward): boolean {
  const { delivery, ended } = arrival
  const outgoing = openWay(arrival, way, message)
  if (outgoing === undefined) return false
  const taken = writeOnward(outgoing, way.target, message)
  pipe(delivery, outgoing, ended !== undefined)
  if (ended !== undefined) outgoing.end(ended.settled)
  else if (!taken) delivery.pause()
  return true
}

/** A delivery towards `target` that nothing is written to yet; undefined if that takes none. */
export function openWay(
  { ended }: Arrival,
  { target, transits }: Way,
  { priority }: Onward,
): OutgoingDelivery | undefined {
  const outgoing = target.open({
    ...{ streaming: ended === undefined, priority, settled: ended?.settled ?? false },
    onDone: () => {
      transits.remove()
    },
  })
  if (outgoing !== undefined) transits.add()
  return outgoing
}

/** Sends a complete message to each of `targets`, settled; answers which of them took it. */
export function sendCopies(targets: readonly Target[], message: Onward): Target[] {
  const taken: Target[] = []
  for (const target of targets) {
    const outgoing = target.open({ streaming: false, priority: message.priority, settled: true })
    if (outgoing === undefined) continue
    writeOnward(outgoing, target, message)
    outgoing.end(true)
    taken.push(target)
  }
  return taken
}

/** Begins `outgoing` with the message, in the form that `target` reads. False asks to wait for `onDrain`. */
export function writeOnward(outgoing: OutgoingDelivery, target: Target, { annotations, rest }: Onward): boolean {
  if (!target.annotated) return outgoing.write(rest)
  const section = encodeAnnotations(annotations)
  if (rest.length <= JOINED_BYTES) return outgoing.write(Buffer.concat([section, rest]))
  outgoing.write(section)
  return outgoing.write(rest)
}
