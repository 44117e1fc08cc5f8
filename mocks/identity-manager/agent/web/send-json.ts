import type { ServerResponse } from 'node:http'
import { type AgentRefusalCode, agentRefusals, refusalBodyOf } from '../../protocol/agent-refusal.ts'

export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    })
    .end(text)
}

/** Says no; a 401 as RFC 6750 section 3.1 wants it: who shows no token at all is told no error. */
export function sendRefusal(response: ServerResponse, code: AgentRefusalCode): void {
  const { status } = agentRefusals[code]
  if (status === 401) {
    response.setHeader('www-authenticate', code === 'invalid-token' ? 'Bearer error="invalid_token"' : 'Bearer')
  }
  sendJson(response, status, refusalBodyOf(code))
}
