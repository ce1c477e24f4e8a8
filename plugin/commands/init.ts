import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { timeoutFlag, waitFlag, type WaitFlags } from '../flags.ts'
import { checkPort } from '../../core/model/address.ts'
import { isTrue } from '../../core/model/condition.ts'
import { SkupperError } from '../../core/model/error.ts'
import type { Platform } from '../platform/platform.ts'
import { changedSite, newSite, type Setup, type SiteFlags } from '../site-setup.ts'
import { findSite, requireSite } from '../site.ts'
import { waitUntil } from '../wait.ts'

type Flags = WaitFlags & SiteFlags

/** `skupper init`: makes the namespace a site; run again, it changes what its flags name and nothing else. */
export function initCommand(cli: Cli): Command {
  return new Command('init')
    .description('Make this namespace a site, or change its options')
    .option('--site-name <name>', 'name of the site (the namespace where not given)')
    .option('--router-mode <mode>', 'interior', parseMode)
    .option('--link-host <host>', 'host name or address that other sites link to')
    .option('--link-port <port>', 'port that other sites link to', checkPort)
    .option('--listen-host <host>', 'address that services listen on')
    .option('--enable-service-sync [boolean]', 'share services with other sites', parseSwitch)
    .option('--service-sync-labels <labels>', 'share only services with these labels, as k=v,k=v')
    .addOption(waitFlag())
    .addOption(timeoutFlag('2m'))
    .action(async (flags: Flags, command: Command) => {
      const platform = platformOf(cli, command)
      const setup = await setUp(platform, flags)
      for (const change of setup.changes) cli.terminal.print(change)
      const running = await platform.start()
      if (flags.wait === 'ready') await waitForSite(cli, platform, flags.timeout)
      if (!setup.isNew) {
        if (setup.changes.length === 0) cli.terminal.print('No changes.')
        return
      }
      const name = platform.namespace
      cli.terminal.print(
        `Skupper is now installed in namespace '${name}'.  Use 'skupper status' to get more information.`,
      )
      cli.terminal.print(running)
    })
}

async function setUp(platform: Platform, flags: SiteFlags): Promise<Setup> {
  const site = await findSite(platform)
  const access = await platform.resources.get('RouterAccess', 'skupper-router')
  const setup = site === undefined ? await newSite(platform.namespace, flags) : await changedSite(flags, site, access)
  for (const resource of setup.resources) await platform.resources.apply(resource)
  return setup
}

/** Ready and able to issue tokens: the Site says Ready only then. */
async function waitForSite(cli: Cli, platform: Platform, timeoutMs: number): Promise<void> {
  await waitUntil(
    async () => {
      const { status } = await requireSite(platform)
      return isTrue(status, 'Ready') ? undefined : (status?.message ?? 'the controller has not reported yet')
    },
    { what: 'Waiting for the site', timeoutMs, terminal: cli.terminal },
  )
}

function parseMode(text: string): 'interior' {
  if (text === 'interior') return text
  const wanted = 'it must be "interior"'
  throw new SkupperError('flag/router-mode', `invalid "--router-mode=${text}", ${wanted}`, { given: text, wanted })
}

function parseSwitch(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  const message = `invalid value "${text}" for --enable-service-sync; wanted true or false`
  throw new SkupperError('flag/switch', message, { given: text, wanted: 'true or false' })
}
