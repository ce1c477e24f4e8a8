import { direct } from './direct.ts'
import { ghostunnel } from './ghostunnel.ts'
import { haproxy } from './haproxy.ts'
import { nginx } from './nginx.ts'
import { ours } from './ours.ts'
import type { Peer } from './peer.ts'
import { skupperRouter, skupperRouterLean } from './skupper-router.ts'

/** In the order of the table. */
export const PEERS: readonly Peer[] = [direct, ours, haproxy, nginx, ghostunnel, skupperRouter, skupperRouterLean]
