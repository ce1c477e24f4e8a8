import { PRIOR_REVISIONS_ANNOTATION } from '../../core/model/annotation-names.ts'
import { isRevisions } from '../../core/model/setting.ts'
import { settingOf } from '../../core/model/settings.ts'
import type { SiteResources } from '../site/site-resources.ts'

/**
 * The oldest ordinal of the credentials `name` whose connections may go on, where `ordinal` is the newest: as many before
 * it as the annotation of their Secret says, or else the site's setting (skupper-v2 sheet, section 7).
 */
export function oldestValidOrdinal(ordinal: number, name: string, { site, secrets }: SiteResources): number {
  const secret = secrets.find(({ metadata }) => metadata.name === name)
  const annotated = secret?.metadata.annotations?.[PRIOR_REVISIONS_ANNOTATION] ?? ''
  const prior = isRevisions(annotated) ? annotated : settingOf(site, 'tls-prior-valid-revisions')
  return Math.max(0, ordinal - Number(prior))
}
