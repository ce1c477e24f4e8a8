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

/** What the scripts call at each tab: the words that can come next, a line each. */
export function completeCommand(cli: Cli, program: Command): Command {
  return new Command('__complete')
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: string[]) => {
      for (const word of candidates(program, words)) cli.terminal.print(word)
    })
}
