import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLandscape } from '../../harness/standard.ts'
import type { RunningLandscape } from '../../harness/start-landscape.ts'
import { conformanceLandscape } from './landscape.ts'

/** A landscape that is up, and the root that its clients trust, as a file. */
export interface Lab extends AsyncDisposable {
  readonly lab: RunningLandscape
  readonly rootFile: string
}

export async function startLab(engine: 'docker' | 'embedded'): Promise<Lab> {
  await using owned = new AsyncDisposableStack()
  const folder = mkdtempDisposableSync(join(tmpdir(), 'conformance-'))
  owned.defer(() => folder.remove())
  const lab = owned.use(await startLandscape(conformanceLandscape, { seed: 1, engine }))
  const rootFile = join(folder.path, 'root.pem')
  writeFileSync(rootFile, await lab.host('client1').trusted())
  const all = owned.move()
  return { lab, rootFile, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** The same landscape on both engines. */
export interface EnginePair extends AsyncDisposable {
  readonly docker: Lab
  readonly embedded: Lab
}

export async function startPair(): Promise<EnginePair> {
  await using owned = new AsyncDisposableStack()
  const docker = owned.use(await startLab('docker'))
  const embedded = owned.use(await startLab('embedded'))
  const both = owned.move()
  return { docker, embedded, [Symbol.asyncDispose]: () => both.disposeAsync() }
}
