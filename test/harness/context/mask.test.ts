import { expect, test } from 'vitest'
import { masked } from '../../../harness/context/mask.ts'

test('values under the names of secrets are masked, however deep, and what only sounds alike is not', () => {
  const facts = {
    user: 'ada',
    sqlPassword: 'p4ss',
    licences: [{ key: 'NPWS-2026-LAB-0001', keyType: 'ec', state: 'valid' }],
    headers: { cookie: 'a=b', Authorization: 'Basic x' },
    passed: 3,
    hasPassword: true,
  }
  expect(masked(facts)).toEqual({
    user: 'ada',
    sqlPassword: '********',
    licences: [{ key: '********', keyType: 'ec', state: 'valid' }],
    headers: { cookie: '********', Authorization: '********' },
    passed: 3,
    hasPassword: true,
  })
})

test('what is a secret within a text is masked, and what is read beside it stays', () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'
  const encrypted = `eyJhbGciOiJSU0EtT0FFUC0yNTYifQ.a2V5.aXY.Y29udGVudA.dGFn`
  const texts = {
    body: `{"access_token":"${token}","expires_in":3600,"client_secret" : "a\\"b","scope":"usercube_api"}`,
    header: `Bearer ${token}, then`,
    content: encrypted,
    form: 'grant_type=client_credentials&client_secret=Agent-1&scope=usercube_api',
    url: 'https://im1.corp.example/signin-oidc?code=kxs-x5y&error=none#id_token=abc',
    connection: "Server=sql1;User ID=sa;Password='a;b';Encrypt=True; Pwd = a&b c",
    text: 'exit code=1, HTTP/1.1 200, a=b',
  }
  expect(masked(texts)).toEqual({
    body: '{"access_token":"********","expires_in":3600,"client_secret" : "********","scope":"usercube_api"}',
    header: 'Bearer ********, then',
    content: encrypted,
    form: 'grant_type=client_credentials&client_secret=********&scope=usercube_api',
    url: 'https://im1.corp.example/signin-oidc?code=********&error=none#id_token=********',
    connection: 'Server=sql1;User ID=sa;Password=********;Encrypt=True; Pwd=********',
    text: 'exit code=1, HTTP/1.1 200, a=b',
  })
})

test('a text of many megabytes is masked in one pass', () => {
  const long = `eyJ${'a'.repeat(4_000_000)}.${'b'.repeat(4_000_000)}.${'c'.repeat(4_000_000)}.d.e`
  expect(masked(long)).toBe(long)
  for (const piece of ['eyJ-', 'eyJ.', 'eyJa.eyJb.', '"a":"', ";a='", '?a=b&', '"', '; ']) {
    const text = piece.repeat(1_000_000)
    expect(masked(text)).toBe(text)
  }
})
