/** How a system procedure is called: its parameters by name or place, its results, messages and outputs. */
import type { Cell } from '../../tds/data-type.ts'
import { statementCodes } from '../../tds/tokens/done.ts'
import { columnsOf, type ListedColumn } from '../catalog/column-list.ts'
import { errors } from '../errors.ts'
import { convertFor } from '../execute/convert-for.ts'
import type { Execution } from '../execute/execution.ts'
import type { Argument } from '../execute/procedure.ts'

export type ListedRow = readonly Cell[]

export interface SystemProcedure {
  /** As `column-list.ts` writes columns; a ? marks a parameter that may be left out. */
  readonly parameters: string
  readonly run: (call: ProcedureCall) => Promise<number | undefined> | number | undefined
}

const declared = new Map<string, readonly ListedColumn[]>()
const listOf = (text: string): readonly ListedColumn[] => {
  let columns = declared.get(text)
  if (!columns) {
    columns = text.trim() === '' ? [] : columnsOf(text)
    declared.set(text, columns)
  }
  return columns
}

/** Procedures that begin with SET NOCOUNT ON. */
const silent = /^sp_(?:help|spaceused)/

export class ProcedureCall {
  readonly x: Execution
  readonly name: string
  readonly #values = new Map<string, { value: Cell; argument: Argument }>()

  constructor(x: Execution, name: string, parameters: string, args: readonly Argument[]) {
    this.x = x
    this.name = name
    const known = listOf(parameters)
    args.forEach((argument, i) => {
      const wanted = argument.name?.replace(/^@/, '').toLowerCase()
      const parameter =
        wanted === undefined ? known[i] : known.find((candidate) => candidate.name.toLowerCase() === wanted)
      if (!parameter)
        throw argument.name === undefined ? errors.tooManyArguments(name) : errors.notAParameter(argument.name, name)
      if (argument.useDefault) return
      this.#values.set(parameter.name.toLowerCase(), {
        value: convertFor(x.session, argument.value, argument.type, parameter.type),
        argument,
      })
    })
    for (const parameter of known)
      if (!parameter.nullable && !this.#values.has(parameter.name.toLowerCase()))
        throw errors.missingParameter(name, `@${parameter.name}`)
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  value(name: string): Cell {
    return this.#values.get(name.toLowerCase())?.value ?? null
  }

  /** The argument as given, before it took the parameter's type. */
  argument(name: string): Argument | undefined {
    return this.#values.get(name.toLowerCase())?.argument
  }

  text(name: string): string | undefined {
    const value = this.value(name)
    return value === null ? undefined : String(value)
  }

  number(name: string): number | undefined {
    const value = this.value(name)
    return value === null ? undefined : Number(value)
  }

  output(name: string, value: Cell, type: Argument['type']): void {
    const place = this.argument(name)?.place
    if (place) place.value = convertFor(this.x.session, value, type, place.type)
  }

  /** One result set, its rows in the order of the columns. */
  send(columns: string, rows: readonly ListedRow[]): void {
    this.sendColumns(listOf(columns), rows)
  }

  sendColumns(columns: readonly ListedColumn[], rows: readonly ListedRow[]): void {
    const { sink, session, frame } = this.x
    sink.columns(columns)
    for (const row of rows) sink.row(row)
    session.rowCount = rows.length
    sink.done({
      kind: frame.depth === 0 && frame.done === 'done' ? 'doneInProc' : frame.done,
      command: statementCodes.select,
      count: session.settings.switches.has('NOCOUNT') || silent.test(this.name) ? undefined : rows.length,
    })
  }

  /** An informational message, as RAISERROR of class 10 or PRINT sends it. */
  tell(text: string, number = 0): void {
    this.x.sink.message({ number, state: 1, class: 0, text, procedure: this.name, line: 1 })
  }
}
