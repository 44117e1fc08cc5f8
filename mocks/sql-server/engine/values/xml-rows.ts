/** FOR XML RAW, AUTO and PATH: rows as the text of elements. */

import type { Cell } from '../../tds/data-type.ts'
import { familyOf } from '../../tds/data-type.ts'
import type { ForClause } from '../../tsql/ast.ts'
import type { ShownColumn } from '../functions/row-shapes.ts'
import { SqlError } from '../sql-error.ts'
import { type LevelNode, levelsOf, nest } from './row-levels.ts'
import { cellText } from './to-text.ts'
import { pathRows } from './xml-path-rows.ts'
import { attributeText, elementText, xmlName } from './xml-text.ts'

export type Xml = Extract<ForClause, { kind: 'xml' }>

export const xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

/** A value as FOR XML writes it, not yet escaped. */
export function xmlCell(cell: Exclude<Cell, null>, { type }: ShownColumn): string {
  switch (familyOf(type)) {
    case 'approximate':
      return cellText(cell, type, type.name === 'real' ? 1 : 2)
    case 'exact':
      return cellText(cell, type, 2)
    case 'temporal':
      return cellText(cell, type, 126)
    case 'binary':
      return Buffer.from(cell as Uint8Array).toString('base64')
    default:
      return String(cell)
  }
}

export function xmlOfRows(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Xml): string {
  const body =
    how.mode === 'PATH'
      ? pathRows(columns, rows, how)
      : how.mode === 'RAW'
        ? raw(columns, rows, how)
        : auto(columns, rows, how)
  if (how.root === undefined) return body
  const root = xmlName(how.root)
  return `<${root}${how.xsinil ? xsi : ''}>${body}</${root}>`
}

const namespace = (how: Xml): string => (how.xsinil && how.root === undefined ? xsi : '')

function named(columns: readonly ShownColumn[]): void {
  if (columns.some((column) => column.name === ''))
    throw new SqlError(
      6809,
      16,
      1,
      'Unnamed tables cannot be used as XML identifiers as well as unnamed columns cannot be used for attribute names. Name unnamed columns/tables using AS in the SELECT statement.',
    )
}

function raw(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Xml): string {
  named(columns)
  if (how.row === '' && !how.elements)
    throw new SqlError(
      6864,
      16,
      1,
      'Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.',
    )
  const all = columns.map((_, i) => i)
  return rows.map((row) => element(how.row, columns, all, row, '', how, namespace(how))).join('')
}

function auto(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Xml): string {
  named(columns)
  const levels = levelsOf(columns)
  if (levels.length === 0)
    throw new SqlError(
      6800,
      16,
      1,
      'FOR XML AUTO requires at least one table for generating XML tags. Use FOR XML RAW or add a FROM clause with a table name.',
    )
  const write = (node: LevelNode, depth: number): string => {
    const level = levels[depth]
    if (!level) return ''
    const inner = node.children.map((child) => write(child, depth + 1)).join('')
    return element(level.source, columns, level.columns, node.row, inner, how, depth === 0 ? namespace(how) : '')
  }
  return nest(levels, rows)
    .map((node) => write(node, 0))
    .join('')
}

function element(
  tag: string,
  columns: readonly ShownColumn[],
  places: readonly number[],
  row: readonly Cell[],
  inner: string,
  how: Xml,
  attributes: string,
): string {
  let start = attributes
  let content = ''
  for (const at of places) {
    const column = columns[at]
    const cell = row[at] ?? null
    if (!column || (cell === null && !how.xsinil)) continue
    const name = xmlName(column.name)
    if (cell === null) content += `<${name} xsi:nil="true"/>`
    else if (column.type.name === 'xml') content += `<${name}>${String(cell)}</${name}>`
    else if (how.elements) content += `<${name}>${elementText(xmlCell(cell, column))}</${name}>`
    else start += ` ${name}="${attributeText(xmlCell(cell, column))}"`
  }
  content += inner
  if (tag === '') return content
  const name = xmlName(tag)
  return content === '' ? `<${name}${start}/>` : `<${name}${start}>${content}</${name}>`
}
