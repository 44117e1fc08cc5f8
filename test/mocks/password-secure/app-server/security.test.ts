import { describe, expect, it } from 'vitest'
import { isNewer } from '../../../../mocks/password-secure/app-server/access/product-version.ts'
import { ClientLock } from '../../../../mocks/password-secure/app-server/security/client-lock.ts'
import { hashPassword, passwordMatches } from '../../../../mocks/password-secure/app-server/security/password-hash.ts'
import {
  newDatabaseKey,
  seal,
  unseal,
  wrappingKey,
} from '../../../../mocks/password-secure/app-server/security/sealed.ts'
import { AllowedOrigins } from '../../../../mocks/password-secure/app-server/web-services/allowed-origins.ts'

describe('a password', () => {
  it('matches its PBKDF2-SHA256 hash, by published bytes', async () => {
    // RFC 7914 section 11.
    const hash = Buffer.from('55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc', 'hex')
    const stored = { salt: Buffer.from('salt'), hash, iterations: 1 }
    expect(await passwordMatches('passwd', stored)).toBe(true)
    expect(await passwordMatches('Passwd', stored)).toBe(false)
  })

  it('never has the same hash twice', async () => {
    const [one, other] = await Promise.all([hashPassword('x', 10), hashPassword('x', 10)])
    expect(one.hash.equals(other.hash)).toBe(false)
  })
})

describe('a sealed secret', () => {
  const key = newDatabaseKey()
  const sealed = seal(key, Buffer.from('geheim'))

  it('opens with its key and does not show its content', () => {
    expect(unseal(key, sealed)?.toString()).toBe('geheim')
    expect(sealed.includes('geheim')).toBe(false)
  })

  it('opens with no other key, and not when a bit was changed', () => {
    expect(unseal(newDatabaseKey(), sealed)).toBeUndefined()
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(unseal(key, changed)).toBeUndefined()
    }
    expect(unseal(key, Buffer.alloc(27))).toBeUndefined()
  })

  it('needs the passphrase and the database for its wrapping key', () => {
    const wrapping = wrappingKey('p', 'PasswordSecure')
    expect(wrappingKey('p', 'passwordsecure').equals(wrapping)).toBe(true)
    expect(wrappingKey('q', 'PasswordSecure').equals(wrapping)).toBe(false)
    expect(wrappingKey('p', 'Other').equals(wrapping)).toBe(false)
  })
})

describe('brute force', () => {
  it('locks the client after unknown names, until the time is over', () => {
    let now = 0
    const lock = new ClientLock({ limit: 3, lockedMs: 1_000, now: () => new Date(now) })
    expect([lock.countUnknown('c'), lock.countUnknown('c'), lock.countUnknown('c')]).toEqual([false, false, true])
    expect([lock.isLocked('c'), lock.isLocked('d')]).toEqual([true, false])
    now = 1_001
    expect(lock.isLocked('c')).toBe(false)
  })

  it('forgets after a login that went well, and when the administrator says so', () => {
    const lock = new ClientLock({ limit: 2, lockedMs: 1_000, now: () => new Date(0) })
    lock.countUnknown('c')
    lock.forget('c')
    expect(lock.countUnknown('c')).toBe(false)
    lock.countUnknown('c')
    expect([lock.clear(), lock.isLocked('c')]).toEqual([1, false])
  })
})

describe('a product version', () => {
  it.each([
    ['9.2', '9.2', false],
    ['9.3', '9.2', true],
    ['9.10', '9.9', true],
    ['9.2.1', '9.2', true],
    ['8', '9.2', false],
  ])('%s is newer than %s: %s', (client, server, newer) => {
    expect(isNewer(client, server)).toBe(newer)
  })
})

describe('the CORS list', () => {
  it('compares scheme, host and port', () => {
    const origins = new AllowedOrigins(['https://Web1.corp.example:443/', 'https://web2:8443'])
    expect(origins.list()).toEqual(['https://web1.corp.example', 'https://web2:8443'])
    expect(origins.allows('https://web1.corp.example')).toBe(true)
    expect(origins.allows('http://web1.corp.example')).toBe(false)
    expect(origins.allows('https://web1.corp.example:8443')).toBe(false)
    expect(origins.allows('https://web1.corp.example.evil')).toBe(false)
    expect(origins.allows('null')).toBe(false)
    expect(origins.allows(undefined)).toBe(true)
  })

  it('takes additions and removals as often as they come', () => {
    const origins = new AllowedOrigins([])
    expect([origins.add('https://a'), origins.add('https://a'), origins.add('nothing')]).toEqual([
      true,
      false,
      undefined,
    ])
    expect([origins.remove('https://a'), origins.remove('https://a')]).toEqual([true, false])
  })
})
