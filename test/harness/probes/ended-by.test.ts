import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../../harness/context/error.ts'
import { failureOf } from '../../../harness/probes/index.ts'

const error = (message: string, facts: object = {}, cause?: unknown) =>
  Object.assign(new Error(message, cause === undefined ? {} : { cause }), facts)

describe('who ended it is read from the event', () => {
  test.each([
    [
      'kernel-timer',
      'net',
      error('connect ETIMEDOUT 10.0.0.1:1433', { code: 'ETIMEDOUT', errno: -110, syscall: 'connect' }),
    ],
    ['client-timer', 'nodemailer', error('Greeting never received', { code: 'ETIMEDOUT', command: 'CONN' })],
    [
      'kernel-timer',
      'nodemailer',
      error('connect ETIMEDOUT 10.0.0.1:25', { code: 'ESOCKET', errno: -110, syscall: 'connect' }),
    ],
    [
      'peer',
      'nodemailer',
      error('connect ECONNREFUSED 10.0.0.1:25', { code: 'ESOCKET', errno: -111, syscall: 'connect' }),
    ],
    ['local', 'nodemailer', error('self-signed certificate', { code: 'ESOCKET', command: 'CONN' })],
    ['peer', 'nodemailer', error('Mail command failed: 451 later', { code: 'EENVELOPE', responseCode: 451 })],
    ['peer', 'ws', error('Unexpected server response: 502')],
    ['client-timer', 'ws', error('Opening handshake has timed out')],
    [
      'peer',
      'ws',
      error(
        'write EPROTO 80:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:rec_layer_s3.c:1605:SSL alert number 70',
        { code: 'EPROTO', errno: -71, syscall: 'write' },
      ),
    ],
    ['peer', 'tls', error('tlsv1 alert', { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })],
    ['local', 'tls', error('wrong version number', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' })],
    ['local', 'tls', error('certificate has expired', { code: 'CERT_HAS_EXPIRED' })],
    [
      'client-timer',
      'undici',
      error('fetch failed', {}, error('Connect Timeout Error', { code: 'UND_ERR_CONNECT_TIMEOUT' })),
    ],
    [
      'peer',
      'net',
      error('connect EHOSTUNREACH 10.0.0.1:1', { code: 'EHOSTUNREACH', errno: -113, syscall: 'connect' }),
    ],
    ['deadline', 'net', new HarnessError('deadline-exceeded', 'waited 400 ms for TCP with app1:1')],
    ['deadline', 'undici', new DOMException('This operation was aborted', 'AbortError')],
    ['local', 'net', 'a text'],
  ])('%s: %s', (ended, client, thrown) => {
    expect(failureOf(client, thrown).ended).toBe(ended)
  })

  test('of several addresses tried, the last one ended it; the client’s own words stay', () => {
    const attempts = [
      error('connect ETIMEDOUT 10.0.0.1:1433', { code: 'ETIMEDOUT', syscall: 'connect' }),
      error('connect ECONNREFUSED 10.0.0.2:1433', { code: 'ECONNREFUSED', syscall: 'connect' }),
    ]
    const sequence = new AggregateError(attempts, 'Could not connect (sequence)')
    const thrown = error('Failed to connect to sql1:1433 - Could not connect (sequence)', { code: 'ESOCKET' }, sequence)
    expect(failureOf('tedious', thrown)).toEqual({
      ended: 'peer',
      error: {
        client: 'tedious',
        code: 'ESOCKET',
        text: 'Failed to connect to sql1:1433 - Could not connect (sequence)',
      },
      cause: { code: 'ECONNREFUSED', text: 'connect ECONNREFUSED 10.0.0.2:1433' },
    })
  })

  test('what is ours says so', () => {
    expect(failureOf('net', new HarnessError('deadline-exceeded', 'x')).error).toMatchObject({ ours: true })
    expect(failureOf('net', error('x')).error).not.toHaveProperty('ours')
  })
})
