import { resourceName } from './field-schemas.ts'
import { isFlag, isHost, isLabels, type Setting } from './setting.ts'
import { parseTolerations } from './tolerations.ts'

const MAX_ROUTERS = 8
const QUANTITY = /^\d+(\.\d+)?([KMGTPE]i?|[mk])?$/
const PRINTABLE = /^[\x20-\x7e]*$/
const LIST = /^([A-Za-z0-9][-A-Za-z0-9_./]*=[^,]*)(,[A-Za-z0-9][-A-Za-z0-9_./]*=[^,]*)*$/

const isQuantity = (value: string): boolean => value === '' || QUANTITY.test(value)
const isName = (value: string): boolean => value === '' || resourceName.safeParse(value).success
const isOptionalHost = (value: string): boolean => value === '' || isHost(value)
const isAnnotations = (value: string): boolean => value === '' || LIST.test(value)
const isImage = (value: string): boolean => PRINTABLE.test(value) && !value.includes(' ')

const SITE = { kinds: ['Site'] } as const

/** What a Site on Kubernetes can be given beside the fields of Skupper v2. */
export const CLUSTER_SETTINGS = [
  {
    ...SITE,
    key: 'routers',
    default: '1',
    wanted: 'a number from 1 to 8',
    meaning: 'How many routers the site runs; 2 where the Site says "ha".',
    accepts: (value: string) => /^[1-9]$/.test(value) && Number(value) <= MAX_ROUTERS,
  },
  {
    ...SITE,
    key: 'router-image',
    default: '',
    wanted: 'the name of an image',
    meaning: 'The image of the routers; by default that of the controller.',
    accepts: isImage,
  },
  quantity('router-cpu', '100m', 'CPU that a router asks for.'),
  quantity('router-memory', '96Mi', 'Memory that a router asks for.'),
  quantity('router-cpu-limit', '', 'CPU that a router may use at most.'),
  quantity('router-memory-limit', '', 'Memory that a router may use at most.'),
  labels('router-node-selector', 'Labels of the nodes that routers may run on.'),
  {
    ...SITE,
    key: 'router-tolerations',
    default: '',
    wanted: '"key[=value][:effect]", separated by commas',
    meaning: 'The taints that routers tolerate.',
    accepts: (value: string) => value === '' || parseTolerations(value) !== undefined,
  },
  labels('router-pod-affinity', 'Routers run on a node where a pod with these labels runs.'),
  labels('router-pod-antiaffinity', 'Routers run on no node where a pod with these labels runs.'),
  {
    ...SITE,
    key: 'disable-anti-affinity',
    default: 'false',
    wanted: '"true" or "false"',
    meaning: 'Whether the routers of a site may well share a node.',
    accepts: isFlag,
  },
  {
    ...SITE,
    key: 'router-priority-class',
    default: '',
    wanted: 'the name of a priority class',
    meaning: 'The priority class of routers.',
    accepts: isName,
  },
  labels('labels', 'Labels on everything that the controller makes for the site.'),
  annotations('annotations', 'Annotations on everything that the controller makes for the site.'),
  annotations('router-pod-annotations', 'Annotations on the pods of routers.'),
  annotations('router-service-annotations', 'Annotations on the Services that other sites link to.'),
  {
    ...SITE,
    key: 'router-load-balancer-ip',
    default: '',
    wanted: 'an IP address',
    meaning: 'The address to ask the load balancer for.',
    accepts: isOptionalHost,
  },
  {
    ...SITE,
    key: 'ingress-host',
    default: '',
    wanted: 'a host name or an IP address',
    meaning: 'With link access "nodeport" what others dial; with the others the domain of the host names they dial.',
    accepts: isOptionalHost,
  },
  annotations('ingress-annotations', 'Annotations on the Ingress that other sites link through.'),
  {
    ...SITE,
    key: 'ingressClassName',
    default: '',
    wanted: 'the name of an ingress class',
    meaning: 'The class of that Ingress.',
    accepts: isName,
  },
  {
    ...SITE,
    key: 'gateway',
    default: 'skupper',
    wanted: 'the name of a Gateway',
    meaning: 'The Gateway in the namespace that TLSRoutes attach to.',
    accepts: isName,
  },
  {
    ...SITE,
    key: 'create-network-policy',
    default: 'false',
    wanted: '"true" or "false"',
    meaning: 'Whether NetworkPolicies let in only what is needed.',
    accepts: isFlag,
  },
] as const satisfies readonly Setting[]

function quantity<const Key extends string, const Default extends string>(
  key: Key,
  byDefault: Default,
  meaning: string,
) {
  const wanted = 'a quantity such as "500m" or "128Mi"'
  return { ...SITE, key, default: byDefault, wanted, meaning, accepts: isQuantity } as const
}

function labels<const Key extends string>(key: Key, meaning: string) {
  return { ...SITE, key, default: '', wanted: 'labels such as "k=v,k=v"', meaning, accepts: isLabels } as const
}

function annotations<const Key extends string>(key: Key, meaning: string) {
  return {
    ...SITE,
    key,
    default: '',
    wanted: 'annotations such as "k=v,k=v"',
    meaning,
    accepts: isAnnotations,
  } as const
}
