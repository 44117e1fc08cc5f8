import type { WantedImage } from '../../../harness/host/beside.ts'
import type { SqlServerSettings } from '../settings.ts'

/** The address that Microsoft's image itself prints while nobody has accepted. */
const LICENCE = 'https://go.microsoft.com/fwlink/?LinkId=746388'

/** The image that a component runs where the engine runs images. */
export const imagesOf = ({ image, acceptEula }: SqlServerSettings): readonly WantedImage[] =>
  image === undefined
    ? []
    : [
        {
          name: image,
          licence: { address: LICENCE, accepted: acceptEula, variable: 'ACCEPT_EULA', setting: 'acceptEula' },
        },
      ]
