import type { HttpAnswer } from '../../../harness/clients/index.ts'
import { createInitiator } from '../../directory/ntlm/initiator.ts'
import { NtlmError } from '../../directory/ntlm/ntlm-error.ts'
import type { WindowsUser } from '../settings.ts'

type Scheme = 'NTLM' | 'Negotiate'

const MAX_TOKEN_CHARACTERS = 24_000

/** The answer after a Windows login, and the scheme by which it went; without one there was nothing to be done. */
export interface LoginOutcome {
  readonly answer: HttpAnswer
  readonly scheme?: Scheme
}

/**
 * Answers 401 with the Windows user's proof (MS-NTHT, RFC 4559): three messages, which must go over one connection. A refused
 * proof leaves the second 401 as the answer.
 */
export async function windowsLogin(
  first: HttpAnswer,
  user: WindowsUser,
  options: { readonly workstation: string; readonly now: () => Date },
  ask: (authorization: string, last: boolean) => Promise<HttpAnswer>,
): Promise<LoginOutcome> {
  const scheme = offered(first)
  if (first.status !== 401 || !scheme) return { answer: first }
  const initiator = createInitiator({ ...user, ...options })
  const challenged = await ask(`${scheme} ${initiator.negotiate().toString('base64')}`, false)
  const challenge = tokenOf(challenged, scheme)
  if (challenged.status !== 401 || !challenge) return { answer: challenged }
  try {
    const proof = initiator.authenticate(challenge)
    return { answer: await ask(`${scheme} ${proof.toString('base64')}`, true), scheme }
  } catch (error) {
    // A challenge that is none: the page of the refusal is shown.
    if (error instanceof NtlmError) return { answer: challenged }
    throw error
  }
}

const challengesOf = ({ headers }: HttpAnswer): readonly string[] => {
  const value = headers['www-authenticate']
  return Array.isArray(value) ? value : value === undefined ? [] : value.split(/,\s*(?=[A-Za-z]+(?:\s|,|$))/)
}

/** Negotiate comes first where both are offered, as in Windows; NTLM goes within it as it is. */
function offered(answer: HttpAnswer): Scheme | undefined {
  const schemes = challengesOf(answer).map((challenge) => challenge.split(' ')[0]?.toLowerCase())
  return schemes.includes('negotiate') ? 'Negotiate' : schemes.includes('ntlm') ? 'NTLM' : undefined
}

function tokenOf(answer: HttpAnswer, scheme: Scheme): Buffer | undefined {
  for (const challenge of challengesOf(answer)) {
    const [name = '', token = ''] = challenge.split(' ')
    if (name.toLowerCase() === scheme.toLowerCase() && token !== '' && token.length <= MAX_TOKEN_CHARACTERS)
      return Buffer.from(token, 'base64')
  }
  return undefined
}
