import { Command } from 'commander'
import { stringify } from 'yaml'
import { SkupperError } from '../../core/model/error.ts'
import { linkIssuer } from '../../core/model/link-issuer.ts'
import { secretData, TLS_SECRET } from '../../core/model/secret.ts'
import { durationSetting } from '../../core/model/settings.ts'
import { readAuthority } from '../../core/pki/authority.ts'
import { issueCredentials } from '../../core/pki/issue.ts'
import { platformOf, type Cli } from '../cli.ts'
import { parseCost } from '../flags.ts'
import { generatedLinks } from '../generated-links.ts'
import type { Platform } from '../platform/platform.ts'
import { requireSite } from '../site.ts'

interface Flags {
  name?: string
  cost: number
  tlsCredentials?: string
}

/** `skupper link generate`: YAML that links to this site whoever applies it, of ours or of Skupper v2. */
export function linkGenerateCommand(cli: Cli): Command {
  return new Command('generate')
    .description('Print a Link to this site with its certificate and key, as YAML to apply in another site')
    .option('--name <name>', 'name of the Link and of its Secret (link-SITE where not given)')
    .option('--cost <cost>', 'cost of the link; traffic prefers cheaper ones', parseCost, 1)
    .option('--tls-credentials <name>', 'a Secret that the other site has already: none is made')
    .action(async (flags: Flags, command: Command) => {
      const platform = await platformOf(cli, command)
      const documents = await generate(cli, platform, flags)
      cli.terminal.print(
        documents
          .map((document) => stringify(document))
          .join('---\n')
          .trimEnd(),
      )
    })
}

async function generate(cli: Cli, platform: Platform, flags: Flags): Promise<object[]> {
  const { resources } = platform
  const site = await requireSite(platform)
  if (site.spec.edge === true) throw failed('edge-site', 'Edge configuration cannot accept connections')
  const accesses = await resources.list('RouterAccess')
  const { name = `link-${site.metadata.name}`, cost, tlsCredentials = name } = flags
  const links = generatedLinks(accesses, { name, cost, tlsCredentials })
  if (links.length === 0) throw failed('no-endpoints', 'this site has no address yet that others could link to')
  if (flags.tlsCredentials !== undefined) return links
  const now = cli.now().getTime()
  const issuer = await resources.issuer(linkIssuer(site, accesses))
  if (issuer?.key === undefined) throw failed('no-issuer', 'the authority of this site cannot be read')
  const lifeMs = durationSetting(site, 'certificate-validity')
  const issued = await issueCredentials(readAuthority(issuer, now), { commonName: name, now, lifeMs })
  // While an authority is renewed its listener shows certificates of either.
  const trusted = await Promise.all(accesses.map(({ spec }) => resources.credentials(spec.tlsCredentials)))
  const ca = trusted.find((each) => each !== undefined)?.ca ?? issued.ca
  const data = secretData({ 'ca.crt': ca, 'tls.crt': issued.certificate, 'tls.key': issued.key })
  return [...links, { apiVersion: 'v1', kind: 'Secret', type: TLS_SECRET, metadata: { name }, data }]
}

function failed(code: string, reason: string): SkupperError {
  return new SkupperError(`link/${code}`, `Failed to generate link: ${reason}`)
}
