import type { Labels } from '../labels.ts'
import type { Protocol } from '../protocol.ts'
import type { IstioTreatment } from './istio-treatment.ts'

/** A port under which the object can be called in every linked site. */
export interface ExposedPort {
  readonly port: number
  /** The port of the target; of a `service` target a port of that Service. */
  readonly targetPort: number
  readonly protocol: Protocol
  /** What the protocol was deduced from; undefined where somebody named it. */
  readonly deduced?: string | undefined
}

/** What serves the address. */
export type ExposureTarget =
  | { readonly type: 'pods'; readonly selector: string }
  | { readonly type: 'service'; readonly name: string; readonly namespace: string }
  | { readonly type: 'host'; readonly host: string }
  | { readonly type: 'none' }

/** What an object's annotations, or a policy, ask for. */
export interface Exposure {
  readonly address: string
  /** Not empty, each port once. */
  readonly ports: readonly ExposedPort[]
  readonly target: ExposureTarget
  /** Whether each pod is callable by its own name too. */
  readonly headless: boolean
  /** For the Service that stands for the address in each site. */
  readonly labels: Labels
  readonly annotations: Labels
  /** False: this site gets no Service for the address. */
  readonly hasListener: boolean
  readonly tlsCredentials?: string | undefined
  readonly tlsTrust?: string | undefined
  readonly istio: IstioTreatment
  /** What asks for it: the key of an annotation, or `ExposurePolicy NAME`. */
  readonly askedBy: string
}

/** Whether an object is exposed. `remarks` are for whoever applied it: what was given and has no effect. */
export type ExposureDecision =
  | { readonly outcome: 'exposed'; readonly exposure: Exposure; readonly remarks: readonly string[] }
  | {
      readonly outcome: 'none'
      readonly code: NoExposure
      readonly reason: string
      readonly remarks: readonly string[]
    }
  | { readonly outcome: 'error'; readonly code: string; readonly message: string }

/** Why an object is not exposed though nothing is wrong with it. */
export type NoExposure = 'not-asked' | 'opted-out' | 'ours' | 'denied' | 'policy-misses'
