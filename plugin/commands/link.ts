import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { linkCreateCommand } from './link-create.ts'
import { linkDeleteCommand } from './link-delete.ts'
import { linkGenerateCommand } from './link-generate.ts'
import { linkStatusCommand } from './link-status.ts'

/** `skupper link`: links of this site to others. */
export function linkCommand(cli: Cli): Command {
  return new Command('link')
    .description('Link this site to others')
    .helpCommand(false)
    .addCommand(linkCreateCommand(cli))
    .addCommand(linkDeleteCommand(cli))
    .addCommand(linkGenerateCommand(cli))
    .addCommand(linkStatusCommand(cli))
}
