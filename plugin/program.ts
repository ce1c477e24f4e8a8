import { Command, Option } from 'commander'
import type { Cli } from './cli.ts'

/** How a command of the top is loaded. */
type Loader = (cli: Cli) => Promise<Command>

/**
 * The commands in the order that help shows them. Each is loaded when its name is typed: what one command needs must
 * not make another start later.
 */
const COMMANDS: Readonly<Record<string, Loader>> = {
  version: async (cli) => (await import('./commands/version.ts')).versionCommand(cli),
  init: async (cli) => (await import('./commands/init.ts')).initCommand(cli),
  update: async (cli) => (await import('./commands/update.ts')).updateCommand(cli),
  delete: async (cli) => (await import('./commands/delete.ts')).deleteCommand(cli),
  status: async (cli) => (await import('./commands/status.ts')).statusCommand(cli),
  token: async (cli) => (await import('./commands/token.ts')).tokenCommand(cli),
  link: async (cli) => (await import('./commands/link.ts')).linkCommand(cli),
  expose: async (cli) => (await import('./commands/expose.ts')).exposeCommand(cli),
  unexpose: async (cli) => (await import('./commands/unexpose.ts')).unexposeCommand(cli),
  service: async (cli) => (await import('./commands/service.ts')).serviceCommand(cli),
  network: async (cli) => (await import('./commands/network.ts')).networkCommand(cli),
  'revoke-access': async (cli) => (await import('./commands/revoke-access.ts')).revokeAccessCommand(cli),
  webhook: async (cli) => (await import('./commands/webhook.ts')).webhookCommand(cli),
  policy: async (cli) => (await import('./commands/policy.ts')).policyCommand(cli),
  debug: async (cli) => (await import('./commands/debug.ts')).debugCommand(cli),
  crds: async (cli) => (await import('./commands/crds.ts')).crdsCommand(cli),
  completion: async (cli) => (await import('./commands/completion.ts')).completionCommand(cli),
}

/**
 * The command line with the commands that `words` names, or all of them where it names none, as for help. `name` is how
 * the program was called: `skupper`, or `kubectl skupper`.
 */
export async function skupperProgram(cli: Cli, name: string, words: readonly string[] = []): Promise<Command> {
  const program = new Command(name)
    .description('Connect services across clusters and machines, without a VPN')
    .addOption(
      new Option('--platform <platform>', 'where the site runs: kubernetes or linux')
        .default('kubernetes')
        .env('SKUPPER_PLATFORM'),
    )
    .option('-n, --namespace <name>', "the namespace to work on (the context's where not given)")
    .option('-c, --context <name>', 'the context of the kubeconfig to use')
    .option('--kubeconfig <file>', 'the kubeconfig to use')
    .helpCommand(false)
    .showSuggestionAfterError()
  const isCompleting = words.includes(COMPLETE)
  const named = Object.keys(COMMANDS).filter((command) => words.includes(command))
  const wanted = named.length === 0 || isCompleting ? Object.keys(COMMANDS) : named
  for (const command of await Promise.all(wanted.flatMap((word) => COMMANDS[word]?.(cli) ?? [])))
    program.addCommand(command)
  if (!isCompleting) return program
  const { completeCommand } = await import('./commands/completion.ts')
  return program.addCommand(completeCommand(cli, program), { hidden: true })
}

/** What the scripts of shells call. */
const COMPLETE = '__complete'
