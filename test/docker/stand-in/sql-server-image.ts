import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { hostImage } from '../../../harness/engines/docker/images/door.ts'
import { smallTar } from '../../../harness/engines/docker/images/small-tar.ts'
import { docker } from '../engine-here.ts'

const PROGRAM = 'sql-server-program.ts'
const FOLDER = '/opt/landscape-lab/test/docker/stand-in'

export interface StandIn extends AsyncDisposable {
  readonly name: string
}

/** An image that stands in for Microsoft's where there is no registry: made of ours, under a name of ours. */
export async function sqlServerStandIn(kind: '' | '--broken' | '--silent' = ''): Promise<StandIn> {
  const engine = await docker()
  const { name: from } = await hostImage(engine, { signal: new AbortController().signal, progress: () => {} })
  const name = `landscape-lab/sql-server-stand-in:${process.pid}${kind}`
  const program = readFileSync(join(import.meta.dirname, PROGRAM)).toString('base64')
  const dockerfile = [
    `FROM ${from}`,
    `RUN mkdir -p ${FOLDER} && echo ${program} | base64 -d > ${FOLDER}/${PROGRAM}`,
    // As in Microsoft's: the group owns the folder, and the server's user is in it.
    'RUN mkdir -p -m 770 /var/opt/mssql',
    'USER 10001:0',
    'EXPOSE 1433',
    'LABEL landscape-lab.image=stand-in',
    `ENTRYPOINT ["node", "${FOLDER}/${PROGRAM}"${kind === '' ? '' : `, "${kind}"`}]`,
  ].join('\n')
  const context = smallTar([{ path: 'Dockerfile', content: dockerfile }])
  const stream = await engine.buildImage(Readable.from([context]), { t: name, forcerm: true, networkmode: 'none' })
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(stream, (error: Error | null, lines: readonly { readonly error?: string }[]) => {
      const failure = error?.message ?? lines?.find((line) => line.error !== undefined)?.error
      if (failure === undefined) resolve()
      else reject(new Error(failure))
    })
  })
  return {
    name,
    async [Symbol.asyncDispose]() {
      await engine.getImage(name).remove()
    },
  }
}
