import type { Redeemed } from '../../controller/redemption/read-answer.ts'
import { link } from './machine-resources.ts'

/** What the redemption of a token of that name gives. */
export function redeemedLink(name: string): Redeemed {
  return {
    links: [link(name)],
    credentials: { ca: `ca of ${name}`, certificate: `certificate of ${name}`, key: `key of ${name}` },
  }
}
