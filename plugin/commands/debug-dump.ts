import { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import { platformOf, type Cli } from '../cli.ts'
import { messageOf, SkupperError } from '../../core/model/error.ts'
import { requireSite } from '../site.ts'
import { packArchive } from '../tar-archive.ts'

/** `skupper debug dump FILE`: everything needed to look into a fault from afar, without a secret in it. */
export function debugDumpCommand(cli: Cli): Command {
  return new Command('dump')
    .description('Write an archive of the state of the site, without secrets, for somebody to look into')
    .argument('<file>', 'where to write it; .tar.gz is added where it is missing')
    .action(async (given: string, _flags: object, command: Command) => {
      const file = given.endsWith('.tar.gz') ? given : `${given}.tar.gz`
      const platform = await platformOf(cli, command)
      await requireSite(platform)
      try {
        const archive = await packArchive(await platform.dump(), cli.now())
        await writeFile(file, archive, { mode: 0o600 })
      } catch (cause) {
        const message = `Unable to save skupper dump details: ${messageOf(cause)}`
        throw new SkupperError('dump/write', message, { given: file, cause })
      }
      cli.terminal.print(`Skupper dump details written to compressed archive:  ${file}`)
    })
}
