import { addressKey, type AddressSpace } from '../address.ts'
import type { MessageHead } from '../message-head.ts'
import type { Ingress } from '../origin.ts'
import { routerIdOf, traceName, type RouterAnnotations } from '../router-annotations.ts'

/** A message that looks for its way. Routers are named by their bare ids. */
export interface Passage {
  readonly key: string
  /** The router it entered the network by. */
  readonly ingress: string
  /** The routers it has passed, as in its annotations. */
  readonly trace: readonly string[]
  /** The neighbour it came from; undefined if it entered here. */
  readonly neighbour: string | undefined
  /** The edge router's connection it came by. */
  readonly edge: object | undefined
}

/** The way of a message that starts at `routerId`. */
export function passageFromHere(key: string, routerId: string): Passage {
  return { key, ingress: routerId, trace: [], neighbour: undefined, edge: undefined }
}

/** The router that decides, and the hops to the farthest one it knows. */
interface Here {
  readonly routerId: string
  readonly space: AddressSpace
  readonly radius: number
}

/**
 * The way a delivery from a link asks for; undefined if it names no address, was here before, or has gone farther than
 * any path is long. Annotations count only if a router wrote them.
 */
export function passageOf(ingress: Ingress, head: MessageHead, here: Here): Passage | undefined {
  const annotations = trustedAnnotations(ingress, head)
  const address = ingress.to ?? annotations?.toOverride ?? head.to
  if (address === undefined) return undefined
  const key = addressKey(address, here.routerId, here.space)
  const { neighbour, edge } = ingress
  if (annotations === undefined) return { ...passageFromHere(key, here.routerId), neighbour, edge }
  const { trace } = annotations
  if (isLoop(trace, here)) return undefined
  const entry = annotations.ingress === undefined ? here.routerId : routerIdOf(annotations.ingress)
  return { key, ingress: entry, trace, neighbour, edge }
}

/** What of a message's annotations counts: all that a router of the network wrote, what an edge router may say, or none. */
export function trustedAnnotations(ingress: Ingress, { annotations }: MessageHead): RouterAnnotations | undefined {
  if (annotations === undefined || ingress.neighbour !== undefined) return annotations
  return ingress.edge === undefined ? undefined : { ...annotations, ingress: undefined, trace: [] }
}

function isLoop(trace: readonly string[], { routerId, radius }: Here): boolean {
  return trace.length > radius + 1 || trace.includes(traceName(routerId))
}
