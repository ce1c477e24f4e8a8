import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { outputFlag, timeoutFlag, waitFlag, type OutputFlags, type WaitFlags } from '../flags.ts'
import { isCurrent, isTrue } from '../../core/model/condition.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Platform } from '../platform/platform.ts'
import { planDocument, planLines, type SetupPlan } from '../platform/setup-plan.ts'
import { givenFlags, siteOptions } from '../site-flags.ts'
import { requireSite } from '../site.ts'
import { waitUntil } from '../wait.ts'

const OUTPUT_ALONE = '--output cannot be used: it is for --dry-run'

interface DryRunFlags extends OutputFlags {
  dryRun?: true
}

/** `skupper init`: makes the namespace a site; run again, it changes what its flags name and nothing else. */
export function initCommand(cli: Cli): Command {
  const command = new Command('init').description('Make this namespace a site, or change its options')
  for (const option of siteOptions()) command.addOption(option)
  return command
    .addOption(waitFlag())
    .addOption(timeoutFlag('2m'))
    .option('--dry-run', 'print what would be made or changed, and do nothing')
    .addOption(outputFlag())
    .action(async (flags: WaitFlags & DryRunFlags, command: Command) => {
      const platform = await platformOf(cli, command)
      const given = givenFlags(command, platform.name)
      if (flags.dryRun === true) {
        showPlan(cli, await platform.plan(given), flags)
        return
      }
      if (flags.output !== undefined) throw new SkupperError('flag/refused', OUTPUT_ALONE, { given: flags.output })
      const setup = await platform.setUp(given)
      for (const remark of setup.remarks ?? []) cli.terminal.warn(remark)
      for (const change of setup.changes) cli.terminal.print(change)
      const remark = await platform.start()
      if (flags.wait === 'ready') await waitForSite(cli, platform, flags.timeout)
      if (!setup.isNew) {
        if (setup.changes.length === 0) cli.terminal.print('No changes.')
        return
      }
      const name = platform.namespace
      cli.terminal.print(
        `Skupper is now installed in namespace '${name}'.  Use 'skupper status' to get more information.`,
      )
      if (remark !== undefined) cli.terminal.print(remark)
    })
}

function showPlan(cli: Cli, plan: SetupPlan, { output }: OutputFlags): void {
  if (output !== undefined) cli.terminal.document(planDocument(plan), output)
  else for (const line of planLines(plan)) cli.terminal.print(line)
}

/** Ready and able to issue tokens: the Site says Ready only then. */
async function waitForSite(cli: Cli, platform: Platform, timeoutMs: number): Promise<void> {
  await waitUntil(
    async () => {
      const site = await requireSite(platform)
      const access = await platform.resources.get('RouterAccess', 'skupper-router')
      const isSeen = isCurrent(site) && (access === undefined || isCurrent(access))
      if (isTrue(site.status, 'Ready') && isSeen) return undefined
      const told = isSeen ? site.status?.message : 'the controller has not seen the change yet'
      return (await platform.obstacle()) ?? told ?? 'the controller has not reported yet'
    },
    { what: 'Waiting for the site', timeoutMs, terminal: cli.terminal },
  )
}
