import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import type { ComponentHost } from '../../../../harness/host/component-host.ts'
import { type AgentRefusalCode, agentRefusals } from '../../protocol/agent-refusal.ts'
import { BodyTooLarge, readBody } from '../../server/product/request-body.ts'
import type { Agent } from '../agent.ts'
import { AgentStepFailed } from '../failure.ts'
import { sendJson, sendRefusal } from './send-json.ts'

const MAX_BODY_BYTES = 16_384

const jobBody = z.object({ job: z.string().min(1).max(128) })
const resetBody = z.object({ login: z.string().min(1).max(200), mail: z.email().max(254).optional() })

/** Who asks. Throws `BrowserRefused`, or `AgentStepFailed` at `verify-token`. */
export type CallerOf = (request: IncomingMessage) => Promise<string>

type Route = (by: string, body: unknown) => Promise<{ readonly status: number; readonly body: object }>

/** What browsers and scripts ask an agent: its paths are assumed. */
export class AgentWeb {
  readonly #host: ComponentHost
  readonly #agent: Agent
  readonly #callerOf: CallerOf
  readonly #routes: ReadonlyMap<string, Route>

  constructor(host: ComponentHost, agent: Agent, callerOf: CallerOf) {
    this.#host = host
    this.#agent = agent
    this.#callerOf = callerOf
    this.#routes = new Map<string, Route>([
      ['POST /api/Job/Launch', async (by, body) => this.#launch(by, jobBody.parse(body))],
      ['GET /api/Job/Instances', async () => ({ status: 200, body: { instances: agent.jobs.instances } })],
      ['POST /api/PasswordReset', async (by, body) => this.#reset(by, resetBody.parse(body))],
    ])
  }

  /** Answers the agent's own paths; false for any other. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const methods = [...this.#routes.keys()].flatMap((route) =>
      route.endsWith(` ${path}`) ? [route.split(' ')[0]] : [],
    )
    if (methods.length === 0) return false
    const route = this.#routes.get(`${request.method} ${path}`)
    if (!route) {
      response.setHeader('allow', methods.join(', '))
      this.#refuse(request, response, 'method-not-allowed')
      return true
    }
    try {
      const by = await this.#callerOf(request)
      const body = request.method === 'POST' ? await this.#bodyOf(request, response) : undefined
      const answer = await route(by, body)
      sendJson(response, answer.status, answer.body)
    } catch (error) {
      this.#fail(request, response, error)
    }
    return true
  }

  async #launch(by: string, { job }: z.output<typeof jobBody>): ReturnType<Route> {
    const { instance } = await this.#agent.jobs.launch(job, by)
    return { status: 202, body: instance }
  }

  async #reset(by: string, { login, mail }: z.output<typeof resetBody>): ReturnType<Route> {
    const { sendReset } = await import('../password-reset/password-reset.ts')
    const sent = await sendReset(this.#host, this.#agent, { login, mail, by })
    return { status: 202, body: { sent: sent.sent } }
  }

  async #bodyOf(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    try {
      return JSON.parse((await readBody(request, response, MAX_BODY_BYTES)).toString('utf8'))
    } catch (error) {
      if (error instanceof BodyTooLarge) throw new BrowserRefused('body-too-large')
      if (error instanceof SyntaxError) throw new BrowserRefused('bad-request')
      throw error
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof BrowserRefused) this.#refuse(request, response, error.code)
    else if (error instanceof z.ZodError) this.#refuse(request, response, 'bad-request')
    else if (!(error instanceof AgentStepFailed)) throw error
    else if (error.step === 'verify-token') this.#refuse(request, response, 'invalid-token', error.code)
    else {
      this.#note(request, error.code)
      sendJson(response, error.code === 'unknown-job' ? 404 : 502, { error: { code: error.code, text: error.message } })
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, code: AgentRefusalCode, detail: string = code): void {
    this.#note(request, detail)
    sendRefusal(response, code)
  }

  #note(request: IncomingMessage, code: string): void {
    const caller = this.#host.callerOf(request.socket)
    this.#host.journal('refused', {
      from: caller.host ?? caller.address,
      path: (request.url ?? '').slice(0, 200),
      code,
    })
  }
}

/** The agent says no to a browser. */
export class BrowserRefused extends Error {
  readonly code: AgentRefusalCode

  constructor(code: AgentRefusalCode) {
    super(agentRefusals[code].text)
    this.code = code
  }
}
