import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { debugCheckCommand } from './debug-check.ts'
import { debugDumpCommand } from './debug-dump.ts'
import { debugPoliciesCommand } from './debug-policies.ts'

/** `skupper debug`: what is wrong, and what somebody else needs to find it out. */
export function debugCommand(cli: Cli): Command {
  return new Command('debug')
    .description('Find out what is wrong')
    .helpCommand(false)
    .addCommand(debugCheckCommand(cli))
    .addCommand(debugDumpCommand(cli))
    .addCommand(debugPoliciesCommand(cli))
}
