import type { GivenCredentials } from '../../core/model/credentials.ts'

/** What resources do not say: ids, ports and paths of the place where a router runs. */
export interface RouterFacts {
  readonly routerId: string
  /** The site's id, which telemetry and services carry. */
  readonly siteId: string
  readonly platform: string
  readonly version: string
  /** The files of every set of credentials that is there, by name. */
  readonly credentials: ReadonlyMap<string, CredentialFiles>
  /** SHA-256 (hex) of the public keys of peers that have no access any more, sorted. */
  readonly revokedKeys?: readonly string[] | undefined
  /** Where the local `normal` listener binds. */
  readonly management: HostPort
  /** Where `/healthz` and `/metrics` are served; nowhere if undefined. */
  readonly health?: HostPort | undefined
  /** Where listeners of services bind, save those whose own host is an IP address or localhost. */
  readonly listenHost: string
  /** The router's port for a listener, by its `listenerKey`, where it is not the listener's own. */
  readonly listenerPorts?: ReadonlyMap<string, number> | undefined
  /** The pods that each Connector with a selector selects, by the Connector's name; in place of a host where given. */
  readonly pods?: ReadonlyMap<string, readonly SelectedPod[]> | undefined
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

export interface SelectedPod {
  readonly name?: string | undefined
  readonly ip: string
  readonly uid?: string | undefined
  /** Where it is not the Connector's. */
  readonly port?: number | undefined
}

/** Paths of PEM files. Credentials that only say whom to trust have neither certificate nor key. */
export interface CredentialFiles {
  readonly ca: string
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  /** What the files hold, for a router that takes it over management: its own files may be older. */
  readonly inline?: GivenCredentials | undefined
  /** Grows with each renewal, so that the router reads the files again. */
  readonly ordinal?: number | undefined
  /** Connections made with older credentials than this are closed. */
  readonly oldestValidOrdinal?: number | undefined
}
