import { parseArgs } from 'node:util'
import { messageOf, SkupperError } from '../core/model/error.ts'

const LAST_PORT = 65_535

const USAGE = `usage: node controller/main.ts --platform linux --namespace NAME --data-home DIR --router-program FILE
       node controller/main.ts --platform kubernetes [--namespace NAME] [--kubeconfig FILE] [--context NAME]
                               [--router-image IMAGE] [--health-port PORT] [--dry-run]

  --platform linux        run the site of one namespace on this machine
  --platform kubernetes   run the site of one namespace of a cluster
  --namespace NAME        which namespace; in a pod by default its own
  --data-home DIR         the directory that namespaces/NAME lies in
  --router-program FILE   main.ts of the router
  --kubeconfig FILE       how to reach the cluster from outside
  --context NAME          which context of the kubeconfig
  --router-image IMAGE    the image of routers (also SKUPPER_IMAGE)
  --health-port PORT      where probes are answered; 9090 by default, 0 chooses one
  --dry-run               print what would be done to the objects of the namespace, do nothing, and end`

/** What a controller was started with. */
export type Flags = MachineFlags | ClusterFlags

export interface MachineFlags {
  readonly platform: 'linux'
  readonly namespace: string
  readonly dataHome: string
  readonly routerProgram: string
}

export interface ClusterFlags {
  readonly platform: 'kubernetes'
  readonly namespace: string | undefined
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly routerImage: string | undefined
  readonly healthPort: number | undefined
  readonly dryRun: boolean
}

/** Reads the command line. Throws `flag/invalid`. */
export function parseFlags(args: readonly string[]): Flags {
  const values = valuesOf(args)
  const { platform, namespace, 'data-home': dataHome, 'router-program': routerProgram } = values
  if (platform === 'kubernetes') {
    const { kubeconfig, context, 'router-image': routerImage } = values
    const healthPort = portOf('--health-port', values['health-port'])
    const dryRun = values['dry-run'] ?? false
    return { platform, namespace, kubeconfig, context, routerImage, healthPort, dryRun }
  }
  if (platform !== 'linux') throw invalid(`--platform is "${platform ?? ''}"; wanted "linux" or "kubernetes"`)
  if (values['dry-run'] === true) throw invalid('--dry-run is given; wanted with --platform kubernetes only')
  if (namespace === undefined || dataHome === undefined || routerProgram === undefined) {
    throw invalid('--namespace, --data-home and --router-program are all needed with --platform linux')
  }
  return { platform, namespace, dataHome, routerProgram }
}

function valuesOf(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ platform: text, namespace: text, 'data-home': text, 'router-program': text },
        ...{ kubeconfig: text, context: text, 'router-image': text, 'health-port': text },
        'dry-run': { type: 'boolean' },
      },
    })
    return values
  } catch (cause) {
    throw invalid(messageOf(cause))
  }
}

function portOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && Number(text) <= LAST_PORT) return Number(text)
  throw invalid(`${flag} is "${text}"; wanted a number from 0 to ${String(LAST_PORT)}`)
}

function invalid(message: string): SkupperError {
  return new SkupperError('flag/invalid', `${message}\n\n${USAGE}`)
}
