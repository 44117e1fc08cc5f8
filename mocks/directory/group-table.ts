/** The groups of a domain: what is in them, and what somebody is in, through other groups too. */
export interface Group {
  readonly name: string
  readonly rid: number
  readonly members: ReadonlySet<string>
}

/** There from the start; the first two have every user, every computer. */
const builtIn = [
  ['Domain Users', 513],
  ['Domain Computers', 515],
  ['Domain Admins', 512],
] as const

export class GroupTable {
  readonly #groups = new Map<string, Group>()
  readonly #newRid: () => number

  constructor(newRid: () => number) {
    this.#newRid = newRid
    for (const [name, rid] of builtIn) this.#groups.set(name.toLowerCase(), { name, rid, members: new Set() })
  }

  find(name: string): Group | undefined {
    return this.#groups.get(name.toLowerCase())
  }

  add(name: string): Group {
    const known = this.find(name)
    if (known) return known
    const group: Group = { name, rid: this.#newRid(), members: new Set() }
    this.#groups.set(name.toLowerCase(), group)
    return group
  }

  join(name: string, member: string): void {
    const group = this.add(name)
    this.#groups.set(name.toLowerCase(), { ...group, members: new Set([...group.members, member.toLowerCase()]) })
  }

  leave(name: string, member: string): void {
    const group = this.find(name)
    if (!group) return
    const gone = member.toLowerCase()
    const members = new Set([...group.members].filter((one) => one !== gone))
    this.#groups.set(name.toLowerCase(), { ...group, members })
  }

  forget(member: string): void {
    for (const { name } of [...this.#groups.values()]) this.leave(name, member)
  }

  /** Every group that an account is in, directly or through others. */
  of(account: string, computer: boolean): readonly Group[] {
    const found = new Map<string, Group>()
    const visit = (member: string): void => {
      for (const [key, group] of this.#groups) {
        if (found.has(key) || !group.members.has(member)) continue
        found.set(key, group)
        visit(key)
      }
    }
    const primary = (computer ? 'Domain Computers' : 'Domain Users').toLowerCase()
    const group = this.#groups.get(primary)
    if (group) found.set(primary, group)
    visit(primary)
    visit(account.toLowerCase())
    return [...found.values()]
  }
}
