import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { DatabaseUnavailable } from '../database/database.ts'
import { sendJson, sendText } from './answers.ts'
import type { Site } from './router.ts'

const resourceRow = z.object({
  Id: z.union([z.string(), z.number()]).transform(String),
  EntityType: z.string(),
  Identifier: z.string(),
  DisplayName: z.string(),
  Mail: z.string().nullable(),
})

const SELECT = `SELECT Id, EntityType, Identifier, DisplayName, Mail FROM UR_Resource
WHERE EntityType = @entityType ORDER BY Id OFFSET @skip ROWS FETCH NEXT @take ROWS ONLY;`

const RESOURCES = /^\/api\/resource\/([a-z][a-z0-9_]{0,99})\/?$/

/**
 * The API: resources of an entity type, in pages. Paths are assumed. For people who are known and for API clients; nobody else
 * learns whether a path is there.
 */
export async function serveApi(
  { host, identity, database, options }: Site,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const caller = await identity.authenticate(request)
  if (!caller) return identity.challenge(request, response, 'api')
  if (caller.type === 'user' && !caller.user) return sendText(response, 403, 'Forbidden')
  const entityType = RESOURCES.exec(path)?.[1]
  if (entityType === undefined) return sendText(response, 404, 'Not Found')
  if (request.method !== 'GET') return sendText(response, 405, 'Method Not Allowed')
  const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'))
  const size = pageNumber(query.get('PageSize'), options.DefaultPageSize)
  const pageIndex = pageNumber(query.get('Page'), 1)
  if (size === undefined || pageIndex === undefined || size > options.MaxPageSize) {
    return sendText(response, 400, 'Bad Request')
  }
  try {
    const rows = await database.query(SELECT, { entityType, skip: (pageIndex - 1) * size, take: size })
    sendJson(response, 200, { Result: rows.map((row) => resourceRow.parse(row)) })
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    // What SQL Server says is for the log alone.
    host.journal('api-failed', { path, code: error.code, text: error.message })
    sendText(response, 500, 'Internal Server Error')
  }
}

const pageNumber = (text: string | null, fallback: number): number | undefined => {
  if (text === null) return fallback
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined
}
