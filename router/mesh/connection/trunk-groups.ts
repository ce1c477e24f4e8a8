import type { Peer } from '../../amqp/connection.ts'
import type { StreamPool } from './stream-pool.ts'
import type { DataMembers } from './hop.ts'

/** A control connection as far as its group is concerned. */
export interface GroupLead {
  /** A newer connection of the same connector has taken over: no new traffic; streams under way go on. */
  retire(): void
}

/** What a control connection that leads a group may do with it. */
export interface Leadership {
  readonly group: TrunkGroup
  /** It carries traffic: those with lower ordinals retire. */
  readonly takeOver: () => void
  /** It is gone. */
  readonly leave: () => void
}

/** The data connections that belong to one control connection. */
export class TrunkGroup implements DataMembers {
  readonly pools: StreamPool[] = []

  add(pool: StreamPool): void {
    this.pools.push(pool)
  }

  remove(pool: StreamPool): void {
    const at = this.pools.indexOf(pool)
    if (at >= 0) this.pools.splice(at, 1)
  }
}

interface Known {
  readonly group: TrunkGroup
  lead: GroupLead | undefined
}

/**
 * The connections that dialling routers have grouped (protocol sheet, section 1): those with the same correlator and
 * ordinal belong together, in whatever order they come. A control connection of a higher ordinal takes over from one of
 * a lower ordinal.
 */
export class TrunkGroups {
  /** By connector (router and correlator), then by ordinal. */
  readonly #connectors = new Map<string, Map<number, Known>>()

  /** The group that a data connection joins; undefined if it names none. `leave` undoes it. */
  join(peer: Peer, pool: StreamPool): { leave(): void } | undefined {
    const place = placeOf(peer)
    if (place === undefined) return undefined
    const { group } = this.#known(place)
    group.add(pool)
    return {
      leave: () => {
        group.remove(pool)
        this.#forget(place)
      },
    }
  }

  /**
   * The group that a control connection leads. 'taken': one with the same or a higher ordinal is there already.
   */
  lead(peer: Peer, lead: GroupLead): Leadership | 'taken' {
    const place = placeOf(peer)
    if (place === undefined) return { group: new TrunkGroup(), takeOver: nothing, leave: nothing }
    const others = [...(this.#connectors.get(place.connector) ?? [])]
    if (others.some(([ordinal, known]) => known.lead !== undefined && ordinal >= place.ordinal)) return 'taken'
    const known = this.#known(place)
    known.lead = lead
    return {
      group: known.group,
      takeOver: () => {
        for (const [ordinal, older] of this.#connectors.get(place.connector) ?? []) {
          if (ordinal < place.ordinal) older.lead?.retire()
        }
      },
      leave: () => {
        known.lead = undefined
        this.#forget(place)
      },
    }
  }

  #known({ connector, ordinal }: Place): Known {
    const ordinals = this.#connectors.get(connector) ?? new Map<number, Known>()
    this.#connectors.set(connector, ordinals)
    const known = ordinals.get(ordinal) ?? { group: new TrunkGroup(), lead: undefined }
    ordinals.set(ordinal, known)
    return known
  }

  #forget({ connector, ordinal }: Place): void {
    const ordinals = this.#connectors.get(connector)
    const known = ordinals?.get(ordinal)
    if (known === undefined || known.lead !== undefined || known.group.pools.length > 0) return
    ordinals?.delete(ordinal)
    if (ordinals?.size === 0) this.#connectors.delete(connector)
  }
}

interface Place {
  readonly connector: string
  readonly ordinal: number
}

const nothing = (): void => undefined

function placeOf({ containerId, properties }: Peer): Place | undefined {
  const correlator = properties.get('qd.group-correlator')
  if (typeof correlator !== 'string' || correlator === '') return undefined
  // The router id is part of it: all connections of a group must end at the same router.
  return { connector: `${containerId} ${correlator}`, ordinal: Number(properties.get('qd.group-ordinal') ?? 0) }
}
