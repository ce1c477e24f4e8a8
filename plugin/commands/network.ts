import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { networkStatusCommand } from './network-status.ts'

/** `skupper network`: the network as this site sees it. */
export function networkCommand(cli: Cli): Command {
  return new Command('network')
    .description('Look at the network')
    .helpCommand(false)
    .addCommand(networkStatusCommand(cli))
}
