import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { policyExplainCommand } from './policy-explain.ts'
import { policyInstallCommand } from './policy-install.ts'
import { policyListCommand } from './policy-list.ts'

/** `skupper policy`: what policies there are and what they decide. */
export function policyCommand(cli: Cli): Command {
  return new Command('policy')
    .description('See which policies there are, and what they decide')
    .helpCommand(false)
    .addCommand(policyListCommand(cli))
    .addCommand(policyExplainCommand(cli))
    .addCommand(policyInstallCommand(cli))
}
