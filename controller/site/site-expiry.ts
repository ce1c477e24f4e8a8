import type { GivenCredentials } from '../../core/model/credentials.ts'
import { CERTIFICATE_CONDITION } from '../../core/model/link.ts'
import { endOf, livesOf } from '../../core/pki/expiry.ts'
import { renewAt, type Lifetime } from '../../core/pki/renewal.ts'
import { error, type Statement } from './statements.ts'

/** What should have been renewed by then was not, for whatever reason. */
const OVERDUE = 5 / 6

/**
 * Until when what this site shows to others that link to it is valid, and the authority that signs for them, in one
 * statement. Trouble once one of them is overdue. None where there is nothing to show.
 */
export function expiryStatements(credentials: GivenCredentials | undefined, now: Date): Statement[] {
  const lives = credentials && livesOf(credentials)
  if (lives === undefined) return []
  const [authority, ...former] = lives.authorities
  const parts = [`The certificate for links ends at ${endOf(lives.certificate)}`]
  if (authority !== undefined) parts.push(`its authority at ${endOf(authority)}`)
  // Until all have renewed, the one before signs what is shown.
  for (const each of former) parts.push(`the one before at ${endOf(each)}`)
  const remark = parts.join(', ')
  const watched = [...(former.length === 0 ? [lives.certificate] : []), ...(authority === undefined ? [] : [authority])]
  const isOverdue = watched.some((life) => isLate(life, now))
  return [{ type: CERTIFICATE_CONDITION, trouble: isOverdue ? error(`${remark}: overdue`) : undefined, remark }]
}

function isLate(life: Lifetime, now: Date): boolean {
  return now.getTime() >= renewAt(life, OVERDUE)
}
