import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Temporary and state folders of a test's own, so that everything in them is what its landscapes left. */
export interface OwnFolders extends AsyncDisposable {
  readonly temporary: string
  readonly state: string
  readonly env: NodeJS.ProcessEnv
}

export async function ownFolders(): Promise<OwnFolders> {
  const temporary = await mkdtemp(join(tmpdir(), 'landscape-soak-'))
  const state = await mkdtemp(join(tmpdir(), 'landscape-soak-state-'))
  return {
    temporary,
    state,
    env: {
      ...process.env,
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      LANDSCAPE_STATE: state,
      // Node's compile cache would be a file of the temporary folder.
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([temporary, state].map((folder) => rm(folder, { recursive: true, force: true })))
    },
  }
}
