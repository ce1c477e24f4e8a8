import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { serviceBindCommand } from './service-bind.ts'
import { serviceCreateCommand } from './service-create.ts'
import { serviceDeleteCommand } from './service-delete.ts'
import { serviceLabelCommand } from './service-label.ts'
import { serviceStatusCommand } from './service-status.ts'
import { serviceUnbindCommand } from './service-unbind.ts'

/** `skupper service`: services of the network. */
export function serviceCommand(cli: Cli): Command {
  return new Command('service')
    .description('Define and look at services')
    .helpCommand(false)
    .addCommand(serviceCreateCommand(cli))
    .addCommand(serviceDeleteCommand(cli))
    .addCommand(serviceBindCommand(cli))
    .addCommand(serviceUnbindCommand(cli))
    .addCommand(serviceLabelCommand(cli))
    .addCommand(serviceStatusCommand(cli))
}
