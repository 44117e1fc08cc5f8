import type { Caller, ComponentHost } from '../../harness/host/component-host.ts'
import { OPERATOR } from '../../harness/landscape/index.ts'
import { type Request, readRequest } from './message/request.ts'
import { emptyReply, encodeResponse, MAX_TCP_BYTES, udpLimit } from './message/response.ts'
import { responseCodeName, responseCodes, typeName } from './message/response-codes.ts'
import type { NameService, Verdict } from './name-service.ts'
import { recordText } from './zone/wire-record.ts'

export type Transport = 'udp' | 'tcp'

/** Bytes in, bytes out: the answer to a message, or none. */
export type Responder = (message: Buffer, caller: Caller, via: Transport) => Buffer | undefined

const TEXTS_IN_JOURNAL = 8

export function responder(host: ComponentHost, service: NameService, maxUdpBytes: number): Responder {
  return (message, caller, via) => {
    const from = caller.host ?? caller.address
    const request = readRequest(message)
    if (request.type === 'ignored') {
      host.journal('message-ignored', { from, via, bytes: message.length })
      return undefined
    }
    const verdict = judge(request, service, caller)
    const limit = via === 'tcp' ? MAX_TCP_BYTES : verdict.wrong === 'truncated' ? 0 : udpLimit(request, maxUdpBytes)
    note(host, request, verdict, { from, via })
    if (verdict.wrong === 'silent') return undefined
    return encodeResponse(request, verdict.reply, { maxBytes: limit, ownUdpBytes: maxUdpBytes })
  }
}

function judge(request: Exclude<Request, { type: 'ignored' }>, service: NameService, caller: Caller): Verdict {
  if (request.type === 'refused') return { reply: emptyReply(request.code) }
  if ((request.edns?.version ?? 0) > 0) return { reply: emptyReply(responseCodes.BADVERS) }
  // Who asks from outside of the landscape sees it as the person at the keyboard does.
  return service.answer(request.question, caller.host ?? OPERATOR)
}

function note(
  host: ComponentHost,
  request: Request,
  { reply, wrong }: Verdict,
  origin: { from: string; via: Transport },
): void {
  const code = responseCodeName(reply.code)
  if (request.type !== 'question') {
    host.journal('message-refused', { ...origin, code })
    return
  }
  const { question } = request
  host.journal('query', {
    ...origin,
    name: question.name,
    type: typeName(question.type),
    code,
    answer: reply.answers.slice(0, TEXTS_IN_JOURNAL).map(recordText),
    ...(wrong === undefined ? {} : { wrong }),
  })
}
