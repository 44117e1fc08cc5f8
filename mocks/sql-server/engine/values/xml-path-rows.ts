/** FOR XML PATH: the name of a column is the way to its place in the row's element. */

import type { Cell } from '../../tds/data-type.ts'
import type { ShownColumn } from '../functions/row-shapes.ts'
import { SqlError } from '../sql-error.ts'
import { type Xml, xmlCell, xsi } from './xml-rows.ts'
import { attributeText, elementText, xmlName } from './xml-text.ts'

interface Place {
  readonly path: readonly string[]
  readonly kind: 'text' | 'data' | 'attribute' | 'comment' | 'instruction'
  readonly name: string
}

function placeOf(name: string): Place {
  const path = name === '' ? [] : name.split('/')
  const last = path.at(-1) ?? ''
  const parents = path.slice(0, -1)
  if (last.startsWith('@')) return { path: parents, kind: 'attribute', name: xmlName(last.slice(1)) }
  if (last === '' || last === '*' || last === 'text()' || last === 'node()')
    return { path: parents, kind: 'text', name: '' }
  if (last === 'data()') return { path: parents, kind: 'data', name: '' }
  if (last === 'comment()') return { path: parents, kind: 'comment', name: '' }
  const instruction = /^processing-instruction\((.*)\)$/.exec(last)
  if (instruction) return { path: parents, kind: 'instruction', name: xmlName(instruction[1] ?? '') }
  return { path, kind: 'text', name: '' }
}

export function pathRows(columns: readonly ShownColumn[], rows: readonly (readonly Cell[])[], how: Xml): string {
  const places = columns.map((column) => placeOf(column.name))
  if (how.row === '' && places.some((place) => place.kind === 'attribute' && place.path.length === 0))
    throw new SqlError(
      6864,
      16,
      1,
      'Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.',
    )
  const row = how.row === '' ? '' : xmlName(how.row)
  let out = ''
  const open: string[] = []
  // A start tag stays open as long as only attributes came.
  let starting = false
  let data = false
  const begin = (name: string, attributes = '') => {
    if (starting) out += '>'
    out += `<${name}${attributes}`
    starting = true
  }
  const end = (name: string) => {
    out += starting ? '/>' : `</${name}>`
    starting = false
    data = false
  }
  const content = () => {
    if (starting) out += '>'
    starting = false
  }
  const goTo = (path: readonly string[]) => {
    let common = 0
    while (common < open.length && common < path.length && open[common] === path[common]) common += 1
    while (open.length > common) end(open.pop() ?? '')
    for (const name of path.slice(common)) {
      begin(xmlName(name))
      open.push(xmlName(name))
    }
  }
  for (const cells of rows) {
    if (row !== '') begin(row, how.xsinil && how.root === undefined ? xsi : '')
    columns.forEach((column, i) => {
      const place = places[i]
      const cell = cells[i] ?? null
      if (!place) return
      if (cell === null) {
        if (column.name === '') goTo([])
        if (!how.xsinil || place.kind !== 'text' || place.path.length === 0) return
        goTo(place.path)
        out += ' xsi:nil="true"'
        return
      }
      goTo(place.path)
      const text = xmlCell(cell, column)
      if (place.kind === 'attribute') {
        if (!starting)
          throw new SqlError(
            6852,
            16,
            1,
            `Attribute-centric column '${column.name}' must not come after a non-attribute-centric sibling in XML hierarchy in FOR XML PATH.`,
          )
        out += ` ${place.name}="${attributeText(text)}"`
        return
      }
      // An empty text keeps its element open, unless the whole is made an xml value.
      if (text !== '' || !how.typed) content()
      if (place.kind === 'comment') out += `<!--${text}-->`
      else if (place.kind === 'instruction') out += `<?${place.name} ${text}?>`
      else {
        if (place.kind === 'data' && data) out += ' '
        out += column.type.name === 'xml' ? text : elementText(text)
      }
      data = place.kind === 'data'
    })
    goTo([])
    if (row !== '') end(row)
  }
  return out
}
