import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { findingText, isWrong, type Finding } from '../check/finding.ts'
import { checkServices } from '../check/service-check.ts'
import { SkupperError } from '../../core/model/error.ts'
import { outputFlag, type OutputFlags } from '../flags.ts'

/** `skupper debug check [SERVICE]`: goes the way of a call and names the first thing that is wrong. */
export function debugCheckCommand(cli: Cli): Command {
  return new Command('check')
    .description('Follow the way of a call and name the first thing that is wrong')
    .argument('[service]', 'address of a service (all of them where not given)')
    .addOption(outputFlag())
    .action(async (service: string | undefined, flags: OutputFlags, command: Command) => {
      const platform = await platformOf(cli, command)
      const findings: Finding[] = []
      for await (const finding of checkServices(platform, service)) {
        findings.push(finding)
        if (flags.output === undefined && !isWrong(finding)) cli.terminal.print(findingText(finding))
      }
      if (flags.output !== undefined) cli.terminal.document(findings, flags.output)
      const wrong = findings.find(isWrong)
      if (wrong !== undefined) throw fault(wrong)
      if (flags.output === undefined) cli.terminal.print('No fault found.')
    })
}

function fault(finding: Finding): SkupperError {
  const { remedy = '' } = finding
  return new SkupperError('check/fault', `${findingText(finding)}. What to do: ${remedy}.`, { wanted: remedy })
}
