import { connect } from 'node:net'
import { codeOf } from '../../context/error.ts'

const DEFAULT_SOCKET = '/var/run/docker.sock'
const ANSWER_MS = 2000

/** What stands between this user and a Docker engine, with what to do; undefined where a socket takes connections. */
export async function whyNoEngine(): Promise<string | undefined> {
  const given = process.env.DOCKER_HOST
  if (given !== undefined && !given.startsWith('unix://')) return `DOCKER_HOST says ${given}; is it right, and up?`
  if (given === undefined && process.platform === 'win32') return 'start Docker Desktop, or set DOCKER_HOST'
  const path = given?.slice('unix://'.length) ?? DEFAULT_SOCKET
  const code = await failureOf(path)
  switch (code) {
    case undefined:
      return undefined
    case 'ENOENT':
      return `there is no ${path}; install an engine (on Debian: apt-get install docker.io) and start it, or set DOCKER_HOST`
    case 'EACCES':
    case 'EPERM':
      return `this user may not use ${path}; be root, or join its group (usermod -aG docker USER, then log in anew)`
    case 'ECONNREFUSED':
      return `nobody listens at ${path}; start the engine (systemctl start docker, or dockerd)`
    default:
      return `${path}: ${code}`
  }
}

function failureOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const end = (code: string | undefined) => {
      socket.destroy()
      resolve(code)
    }
    socket.setTimeout(ANSWER_MS, () => end('ETIMEDOUT'))
    socket.once('connect', () => end(undefined))
    socket.once('error', (error) => end(codeOf(error) ?? error.message))
  })
}
