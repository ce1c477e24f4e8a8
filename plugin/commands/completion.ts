import { Argument, Command } from 'commander'
import type { Cli } from '../cli.ts'
import { candidates, completionScript, SHELLS, type Shell } from '../completion.ts'

/** `skupper completion [SHELL]`: the script that makes a shell complete our commands. */
export function completionCommand(cli: Cli): Command {
  return new Command('completion')
    .description('Print a script that makes your shell complete the commands')
    .addArgument(new Argument('[shell]', 'the shell').choices(SHELLS).default('bash'))
    .action((shell: Shell) => {
      cli.terminal.print(completionScript[shell].trimEnd())
    })
}

/** What can follow a flag that takes a value; undefined where the last word is no such value, or any would do. */
async function flagValues(cli: Cli, words: readonly string[]): Promise<string[] | undefined> {
  const last = words.at(-1) ?? ''
  const all = await valuesOf(cli, words.at(-2), words)
  return all?.filter((value) => value.startsWith(last))
}

async function valuesOf(cli: Cli, flag: string | undefined, words: readonly string[]): Promise<string[] | undefined> {
  if (flag === '--platform') return ['kubernetes', 'linux']
  if (flag !== '--context' && flag !== '-c') return undefined
  const kubeconfig = words[words.indexOf('--kubeconfig') + 1]
  return cli.contexts(words.includes('--kubeconfig') && kubeconfig !== undefined ? { kubeconfig } : {})
}

/** What the scripts call at each tab: the words that can come next, a line each. */
export function completeCommand(cli: Cli, program: Command): Command {
  return new Command('__complete')
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      for (const word of (await flagValues(cli, words)) ?? candidates(program, words)) cli.terminal.print(word)
    })
}
