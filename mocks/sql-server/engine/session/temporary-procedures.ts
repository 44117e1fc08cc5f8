import type { ModuleDef } from '../catalog/definitions.ts'

interface Change {
  readonly name: string
  readonly before: ModuleDef | undefined
  /** How many savepoints there were. */
  readonly savepoints: number
}

/** A session's #temporary procedures: they end with it, and roll back like everything else. */
export class TemporaryProcedures {
  readonly #procedures = new Map<string, ModuleDef>()
  readonly #changes: Change[] = []

  get(name: string): ModuleDef | undefined {
    return this.#procedures.get(name.toLowerCase())
  }

  byId(id: number): ModuleDef | undefined {
    return [...this.#procedures.values()].find((procedure) => procedure.id === id)
  }

  /** `savepoints` is how many the transaction has; without a transaction the change stays. */
  set(name: string, procedure: ModuleDef | undefined, savepoints: number | undefined): void {
    const key = name.toLowerCase()
    if (savepoints !== undefined) this.#changes.push({ name: key, before: this.#procedures.get(key), savepoints })
    this.#put(key, procedure)
  }

  /** Takes back what was changed since a savepoint, by its place, or in the whole transaction. */
  undo(savepoint = -1): void {
    for (let last = this.#changes.at(-1); last && last.savepoints > savepoint; last = this.#changes.at(-1)) {
      this.#put(last.name, last.before)
      this.#changes.pop()
    }
  }

  endTransaction(): void {
    this.#changes.length = 0
  }

  clear(): void {
    this.#procedures.clear()
    this.#changes.length = 0
  }

  #put(key: string, procedure: ModuleDef | undefined): void {
    if (procedure) this.#procedures.set(key, procedure)
    else this.#procedures.delete(key)
  }
}
