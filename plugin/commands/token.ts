import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { tokenCreateCommand } from './token-create.ts'
import { tokenStatusCommand } from './token-status.ts'

/** `skupper token`: what lets sites link to each other. */
export function tokenCommand(cli: Cli): Command {
  return new Command('token')
    .description('Create and look at tokens')
    .helpCommand(false)
    .addCommand(tokenCreateCommand(cli))
    .addCommand(tokenStatusCommand(cli))
}
