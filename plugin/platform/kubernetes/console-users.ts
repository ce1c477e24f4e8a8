import { randomBytes } from 'node:crypto'
import type { KubeClient } from '../../../core/kube/kube-client.ts'
import { SECRET } from '../../../core/kube/resource-types.ts'
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../../core/model/annotation-names.ts'
import { secretData } from '../../../core/model/secret.ts'
import { settingOf } from '../../../core/model/settings.ts'
import type { Site } from '../../../core/model/site.ts'
import type { SiteFlags } from '../../site-flags.ts'

/** Its keys are the users of the console, its values their passwords, as in Skupper v1. */
export const CONSOLE_USERS = 'skupper-console-users'

const PASSWORD_BYTES = 18

/** Keeps the console's user and password. One who names no password keeps the one there is, or gets a random one. */
export async function keepConsoleUser(client: KubeClient, site: Site, flags: SiteFlags): Promise<void> {
  const given = flags.get('console-password')
  const isWanted = settingOf(site, 'console') === 'true' && settingOf(site, 'console-auth') === 'internal'
  if (!isWanted && given === undefined) return
  const user = settingOf(site, 'console-user')
  const there = (await client.get(SECRET, CONSOLE_USERS))?.data ?? {}
  if (given === undefined && Object.hasOwn(there, user)) return
  const password = given ?? passwordIn(there) ?? newPassword()
  await client.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...{ name: CONSOLE_USERS, namespace: client.namespace },
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY, 'app.kubernetes.io/part-of': 'skupper' },
    },
    type: 'Opaque',
    data: secretData({ [user]: password }),
  })
}

/** The one that a user of another name had. */
function passwordIn(users: Readonly<Record<string, string>>): string | undefined {
  const [encoded] = Object.values(users)
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString()
}

const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url')
