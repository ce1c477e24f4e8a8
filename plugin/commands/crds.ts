import { Command } from 'commander'
import { stringify } from 'yaml'
import type { Cli } from '../cli.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'

/** `skupper crds`: the kinds of skupper.io as YAML, for whoever may install them: no cluster is asked. */
export function crdsCommand(cli: Cli): Command {
  return new Command('crds')
    .description('Print the custom resource definitions, for an administrator to apply')
    .addOption(outputFlag())
    .action(async (flags: OutputFlags) => {
      const { crds } = await import('../../core/kube/crds.ts')
      if (flags.output === 'json') {
        cli.terminal.document({ apiVersion: 'v1', kind: 'List', items: crds() }, 'json')
        return
      }
      cli.terminal.print(
        crds()
          .map((crd) => stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false }))
          .join('---\n')
          .trimEnd(),
      )
    })
}
