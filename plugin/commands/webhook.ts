import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { webhookInstallCommand } from './webhook-install.ts'
import { webhookStatusCommand } from './webhook-status.ts'
import { webhookUninstallCommand } from './webhook-uninstall.ts'

/** `skupper webhook`: the admission webhook of a cluster. */
export function webhookCommand(cli: Cli): Command {
  return new Command('webhook')
    .description('Expose by annotations with answers at once: the admission webhook of a cluster')
    .helpCommand(false)
    .addCommand(webhookInstallCommand(cli))
    .addCommand(webhookStatusCommand(cli))
    .addCommand(webhookUninstallCommand(cli))
}
