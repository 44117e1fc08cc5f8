import { createHash, timingSafeEqual } from 'node:crypto'
import type { ClientMetadata } from '../../harness/servers/openid-provider.ts'
import type { Client, Person } from './settings.ts'

export interface KnownPerson extends Person {
  readonly sub: string
}

/** The people and applications that a provider knows. */
export class Register {
  readonly #issuer: string
  readonly #people = new Map<string, KnownPerson>()
  readonly #clients = new Map<string, Client>()

  constructor(issuer: string, people: readonly Person[], clients: readonly Client[]) {
    this.#issuer = issuer
    for (const person of people) this.setPerson(person)
    for (const client of clients) this.setClient(client)
  }

  setPerson(person: Person): void {
    const login = person.login.toLowerCase()
    const opaque = createHash('sha256').update(`${this.#issuer}\n${login}`).digest('base64url')
    this.#people.set(login, { ...person, sub: person.sub ?? opaque })
  }

  removePerson(login: string): void {
    this.#people.delete(login.toLowerCase())
  }

  /** Takes the same time for a wrong password and an unknown login. */
  check(login: string, password: string): KnownPerson | undefined {
    const person = this.#people.get(login.toLowerCase())
    const [given, kept] = [password, person?.password ?? ''].map((text) => createHash('sha256').update(text).digest())
    return given && kept && timingSafeEqual(given, kept) ? person : undefined
  }

  bySubject(sub: string): KnownPerson | undefined {
    return this.#people.values().find((person) => person.sub === sub)
  }

  people(): { login: string; sub: string; name?: string }[] {
    return [...this.#people.values()].map(({ login, sub, name }) => ({
      login,
      sub,
      ...(name === undefined ? {} : { name }),
    }))
  }

  setClient(client: Client): void {
    this.#clients.set(client.clientId, client)
  }

  removeClient(clientId: string): void {
    this.#clients.delete(clientId)
  }

  clients(): { clientId: string; redirectUris: string[] }[] {
    return [...this.#clients.values()].map(({ clientId, redirectUris }) => ({ clientId, redirectUris }))
  }

  /** A client as the library takes it. */
  clientMetadata(clientId: string): ClientMetadata | undefined {
    const client = this.#clients.get(clientId)
    if (!client) return undefined
    const { clientSecret, redirectUris } = client
    // OpenID Connect lets tokens go through a browser to https addresses only.
    const isFrontChannel = redirectUris.every((uri) => uri.startsWith('https:') && !uri.startsWith('https://localhost'))
    return {
      client_id: clientId,
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_post',
      redirect_uris: redirectUris,
      grant_types: ['authorization_code', ...(isFrontChannel ? ['implicit'] : [])],
      response_types: isFrontChannel ? ['code', 'code id_token', 'id_token'] : ['code'],
    }
  }
}
