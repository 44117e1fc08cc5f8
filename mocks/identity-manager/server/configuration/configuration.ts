import type { Json, JsonObject } from '../../../../harness/context/json.ts'

/**
 * .NET's configuration: layers of nested keys, compared without regard to case; what a later layer says wins. A JSON array is
 * keys 0, 1, 2, …, so that `Section__0` of the environment replaces its first element.
 */
export class Configuration {
  readonly #root = new Node()

  /** Adds a file's content. */
  add(content: JsonObject): this {
    this.#root.merge(content)
    return this
  }

  /** Adds environment variables: `MailSettings__Port=587`. */
  addEnvironment(variables: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(variables)) {
      name
        .split('__')
        .reduce((node, key) => node.child(key), this.#root)
        .set(value)
    }
    return this
  }

  /** What stands at `Section:Key`, everything at an empty path; undefined where there is nothing. */
  get(path: string): Json | undefined {
    let node: Node | undefined = this.#root
    for (const key of path === '' ? [] : path.split(':')) node = node?.find(key)
    return node?.json()
  }

  text(path: string): string | undefined {
    const value = this.get(path)
    return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
  }
}

class Node {
  #value: Json | undefined
  readonly #children = new Map<string, { readonly name: string; readonly node: Node }>()
  #isArray = false

  find(key: string): Node | undefined {
    return this.#children.get(key.toLowerCase())?.node
  }

  child(key: string): Node {
    const known = this.find(key)
    if (known) return known
    const node = new Node()
    this.#children.set(key.toLowerCase(), { name: key, node })
    return node
  }

  set(value: Json): void {
    this.#value = value
  }

  merge(value: Json): void {
    if (typeof value !== 'object' || value === null) {
      this.set(value)
      return
    }
    this.#isArray ||= Array.isArray(value)
    for (const [key, inner] of Object.entries(value)) this.child(key).merge(inner)
  }

  json(): Json | undefined {
    if (this.#children.size === 0) return this.#value ?? (this.#isArray ? [] : undefined)
    const entries = [...this.#children.values()].map(({ name, node }) => [name, node.json()] as const)
    const present = entries.filter((entry): entry is [string, Json] => entry[1] !== undefined)
    if (this.#isArray || present.every(([name]) => /^\d+$/.test(name))) return present.map(([, inner]) => inner)
    return Object.fromEntries(present)
  }
}
