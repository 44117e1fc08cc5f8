import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What no switch turns off: at a name that is not found, Chromium asks the machine's resolver and its makers' public ones
 * whether DNS works at all (chrome/browser/net/dns_probe_service.cc); this preference governs it.
 */
const preferences = { alternate_error_pages: { enabled: false } }

/** Lays the profile out before Chromium has made it; one that stands is left as it is. */
export async function prepareProfile(home: string): Promise<string> {
  const profile = join(home, 'profile')
  await mkdir(join(profile, 'Default'), { recursive: true, mode: 0o700 })
  try {
    await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return profile
}
