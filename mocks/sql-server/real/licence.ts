import type { WantedImage } from '../../../harness/host/beside.ts'
import { instancesOf } from '../instances.ts'
import type { SqlServerSettings } from '../settings.ts'
import { programSpec } from './configuration.ts'

/** The address that Microsoft's image itself prints while nobody has accepted. */
const LICENCE = 'https://go.microsoft.com/fwlink/?LinkId=746388'

/** The image that a component runs where the engine runs images. */
export function imagesOf(settings: SqlServerSettings): readonly WantedImage[] {
  const { image, acceptEula } = settings
  if (image === undefined) return []
  const licence = { address: LICENCE, accepted: acceptEula, variable: 'ACCEPT_EULA', setting: 'acceptEula' }
  const beside = programSpec({ ...settings, image }, mainPortOf(settings))
  return [{ name: image, beside, passwordVariable: 'MSSQL_SA_PASSWORD', licence }]
}

/** Where clients find the one instance that the image is. */
export const mainPortOf = (settings: SqlServerSettings): number => instancesOf(settings)[0]?.port ?? 1433
