import { resourceName } from './field-schemas.ts'
import { among, isFlag, isLabels, type Setting } from './setting.ts'
import { parseTolerations } from './tolerations.ts'

const SITE = { kinds: ['Site'] } as const
const ANNOTATIONS = /^([A-Za-z0-9][-A-Za-z0-9_./]*=[^,]*)(,[A-Za-z0-9][-A-Za-z0-9_./]*=[^,]*)*$/
const IMAGE = /^[\w][\w./:@-]{0,511}$/
const USER = /^[-._a-zA-Z0-9]{1,253}$/

const quantity = {
  wanted: 'a quantity such as "500m" or "128Mi"',
  accepts: (value: string) => value === '' || /^\d+(\.\d+)?([KMGTPE]i?|[mk])?$/.test(value),
}
const labels = { default: '', wanted: 'labels such as "k=v,k=v"', accepts: isLabels }
const flag = { default: 'false', wanted: '"true" or "false"', accepts: isFlag }

/** What a Site on Kubernetes can say of its programs other than routers: the controller, and the console to come. */
export const PROGRAM_SETTINGS = [
  {
    ...{ ...SITE, key: 'image', default: '', wanted: 'the name of an image' },
    meaning: "Image of the site's programs; by default that of the release that made the site.",
    accepts: (value: string) => value === '' || IMAGE.test(value),
  },
  { ...SITE, key: 'controller-cpu', default: '50m', ...quantity, meaning: 'CPU that the controller asks for.' },
  { ...SITE, key: 'controller-memory', default: '96Mi', ...quantity, meaning: 'Memory that the controller asks for.' },
  {
    ...SITE,
    key: 'controller-cpu-limit',
    default: '',
    ...quantity,
    meaning: 'CPU that the controller may use at most.',
  },
  {
    ...{ ...SITE, key: 'controller-memory-limit', default: '', ...quantity },
    meaning: 'Memory that the controller may use at most.',
  },
  {
    ...SITE,
    key: 'controller-node-selector',
    ...labels,
    meaning: 'Labels of the nodes that the controller may run on.',
  },
  {
    ...{ ...SITE, key: 'controller-tolerations', default: '' },
    wanted: '"key[=value][:effect]", separated by commas',
    meaning: 'The taints that the controller tolerates.',
    accepts: (value: string) => value === '' || parseTolerations(value) !== undefined,
  },
  {
    ...{ ...SITE, key: 'controller-pod-affinity', ...labels },
    meaning: 'The controller prefers a node where a pod with these labels runs.',
  },
  {
    ...{ ...SITE, key: 'controller-pod-antiaffinity', ...labels },
    meaning: 'The controller prefers a node where no pod with these labels runs.',
  },
  {
    ...{ ...SITE, key: 'controller-priority-class', default: '', wanted: 'the name of a priority class' },
    meaning: 'The priority class of the controller.',
    accepts: (value: string) => value === '' || resourceName.safeParse(value).success,
  },
  {
    ...{ ...SITE, key: 'controller-pod-annotations', default: '', wanted: 'annotations such as "k=v,k=v"' },
    meaning: "Annotations on the controller's pod.",
    accepts: (value: string) => value === '' || ANNOTATIONS.test(value),
  },
  { ...SITE, key: 'console', ...flag, meaning: 'Whether the site is to have a console.' },
  { ...SITE, key: 'flow-collector', ...flag, meaning: 'Whether telemetry is to be collected for the console.' },
  {
    ...{ ...SITE, key: 'console-auth', default: 'internal', wanted: '"internal", "unsecured" or "openshift"' },
    meaning: 'How the console knows its users; "internal": by Secret skupper-console-users.',
    accepts: among('internal', 'unsecured', 'openshift'),
  },
  {
    ...{ ...SITE, key: 'console-user', default: 'admin', wanted: 'a user name' },
    meaning: 'The user of the console: a key of Secret skupper-console-users.',
    accepts: (value: string) => USER.test(value),
  },
  {
    ...{ ...SITE, key: 'console-ingress', default: '', wanted: 'a kind of ingress, as for --ingress' },
    meaning: 'How the console is reached from outside; as the routers where it is empty.',
    accepts: (value: string) => value.length <= 63,
  },
] as const satisfies readonly Setting[]
