/** In a hub every router is linked to the first; in a mesh each to its neighbours in a ring, at three distances. */
export type Shape = 'hub' | 'mesh'

const MESH_DISTANCES = [1, 3, 7]

/** Pairs of routers that are linked; the second of each dials. */
export function linksOf(shape: Shape, ids: readonly string[]): (readonly [string, string])[] {
  const [hub = ''] = ids
  if (shape === 'hub') return ids.slice(1).map((id) => [hub, id] as const)
  return MESH_DISTANCES.filter((distance) => distance * 2 < ids.length).flatMap((distance) =>
    ids.map((id, at) => [id, ids[(at + distance) % ids.length] ?? ''] as const),
  )
}
