import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { applyRuleset, nft } from './apply-ruleset.ts'

/** Asks nft for a text that is always the same: when it comes, all before it has been done. */
const QUESTION = 'describe ip saddr'
const ANSWER = /^payload expression, datatype ipv4_addr\b.*\n/m
const ANSWER_WITHIN_MS = 5_000

type Shell = ChildProcessByStdio<Writable, Readable, null>

/**
 * The rules of this process's network namespace, by an nft that stays: a change costs it a few milliseconds, where a
 * new process with its dozen libraries takes ten times that, and more on a busy machine. What it does not answer as expected
 * (an nft without its interactive mode, or with an echo, a script that is wrong or too long for it) goes through a new process,
 * which also says what was wrong. A script must have no comments and one statement a line.
 */
export class PacketFilter implements AsyncDisposable {
  #shell: Shell | undefined
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  /** Puts a script in force, whole or not at all. One after the other. Fails with `platform-unsupported`. */
  apply(script: string): Promise<void> {
    const turn = this.#last.then(async () => {
      if (!(await this.#applied(script))) await applyRuleset(script)
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#last
    const shell = this.#shell
    if (shell) await gone(shell)
  }

  async #applied(script: string): Promise<boolean> {
    if (this.#closed) return false
    this.#shell ??= this.#open()
    const said = await answerOf(this.#shell, `${oneLine(script)}\n${QUESTION}\n`)
    if (said === undefined) {
      const shell = this.#shell
      this.#shell = undefined
      await gone(shell)
    }
    return said?.replace(ANSWER, '') === ''
  }

  #open(): Shell {
    // Without a home it keeps no history; its complaints come in their order among its answers.
    const { HOME: _, ...env } = process.env
    const shell = spawn('/bin/sh', ['-c', 'exec "$0" -i 2>&1', nft() ?? 'nft'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env,
    })
    // That it is gone shows where an answer is waited for.
    shell.stdin.on('error', () => shell.stdin.destroy())
    shell.on('error', () => shell.stdin.destroy())
    return shell
  }
}

/** All that nft says until it has answered the question; undefined where it does not. */
function answerOf(shell: Shell, text: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = ''
    const end = (value: string | undefined) => {
      clearTimeout(timer)
      shell.stdout.off('data', onData)
      shell.off('close', onClose).off('error', onClose)
      resolve(value)
    }
    const onClose = () => end(undefined)
    const onData = (chunk: Buffer) => {
      said += chunk
      if (ANSWER.test(said)) end(said)
    }
    const timer = setTimeout(onClose, ANSWER_WITHIN_MS)
    shell.stdout.on('data', onData)
    shell.once('close', onClose).once('error', onClose)
    if (shell.exitCode !== null || shell.signalCode !== null || shell.stdin.destroyed) onClose()
    else shell.stdin.write(text)
  })
}

async function gone(shell: Shell): Promise<void> {
  if (shell.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return
  const closed = once(shell, 'close')
  shell.kill('SIGKILL')
  await closed
}

/** The interactive nft takes each line for itself. */
const oneLine = (script: string): string =>
  script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (/[{;]$/.test(line) ? line : `${line};`))
    .join(' ')
