import { isDeepStrictEqual } from 'node:util'
import { parseHead } from '../../../router/mesh/message-head.ts'
import { decodeAnnotations, encodeAnnotations } from '../../../router/mesh/router-annotations.ts'
import type { FuzzTarget } from '../target.ts'

/** Heads of messages, annotations included: while they arrive, whole, and written again as a router on the way does. */
export const annotationsTarget: FuzzTarget = {
  name: 'annotations',
  corpus: 'message-heads',
  make: () => (input) => {
    const early = parseHead(input, 'partial')
    const { annotations } = early === 'incomplete' ? parseHead(input, 'whole') : early
    if (annotations === undefined) return
    const again = decodeAnnotations(encodeAnnotations(annotations))
    if (again === 'incomplete' || !isDeepStrictEqual(again.annotations, annotations)) {
      throw new Error('annotations are not what they were after writing and reading them')
    }
  },
}
