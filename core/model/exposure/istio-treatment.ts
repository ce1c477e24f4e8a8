/**
 * What is done about Istio where an object is exposed. `auto`: Services are marked as not to be given a sidecar and
 * pod templates are left alone; `exclude-ports`: the sidecar leaves the exposed ports alone; `no-sidecar`: the pods get
 * none; `none`: nothing.
 */
export const ISTIO_TREATMENTS = ['auto', 'exclude-ports', 'no-sidecar', 'none'] as const

export type IstioTreatment = (typeof ISTIO_TREATMENTS)[number]
