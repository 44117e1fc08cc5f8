/** Cells of xml: text, and for the rows of nodes() a text that says which of its nodes is meant. */
import type { Cell } from '../../tds/data-type.ts'
import { unsupported } from '../sql-error.ts'
import { evaluatePath, type Item, isNode, itemText, type Located } from './evaluate-path.ts'
import { parseXml } from './parse-xml.ts'
import { writeAlone, writeXml } from './write-xml.ts'
import type { AnyNode, XmlRoot } from './xml-node.ts'
import { parsePath, type XmlPath } from './xml-path.ts'

/** No xml value begins so. */
const mark = '\u0002'
/** Every row of nodes() carries the whole value. */
const maxNodesCharacters = 256 * 1024 * 1024
const keptTrees = 8
const keptPaths = 500

const trees = new Map<string, XmlRoot>()
const paths = new Map<string, XmlPath>()

/** The last few values stay parsed: the rows of nodes() ask for theirs again and again. */
function treeOf(text: string): XmlRoot {
  const known = trees.get(text)
  if (known) return known
  const tree = parseXml(text, { keepBlanks: true, wide: true })
  const [oldest] = trees.keys()
  if (trees.size >= keptTrees && oldest !== undefined) trees.delete(oldest)
  trees.set(text, tree)
  return tree
}

function pathOf(text: string, method: string): XmlPath {
  const key = `${method} ${text}`
  const known = paths.get(key)
  if (known) return known
  if (paths.size >= keptPaths) paths.clear()
  const path = parsePath(text, method)
  paths.set(key, path)
  return path
}

/** The node that a cell means: the value itself, or one below it. */
function locate(cell: string): { readonly text: string; readonly at: Located } {
  if (!cell.startsWith(mark)) return { text: cell, at: [treeOf(cell)] }
  const end = cell.indexOf(mark, 1)
  const text = cell.slice(end + 1)
  const root = treeOf(text)
  const way: AnyNode[] = []
  let node: AnyNode = root
  for (const step of cell.slice(1, end).split('.').filter(Boolean)) {
    const index = Number(step.replace('@', ''))
    const list: readonly AnyNode[] = !('children' in node)
      ? []
      : step.startsWith('@') && node.kind === 'element'
        ? node.attributes
        : node.children
    const next: AnyNode | undefined = list[index]
    if (!next) break
    node = next
    way.push(next)
  }
  return { text, at: [root, ...way] }
}

function placeOf(located: Located): string {
  return located
    .slice(1)
    .map((node, i) => {
      const parent = located[i]
      if (node.kind === 'attribute') return `@${parent?.kind === 'element' ? parent.attributes.indexOf(node) : 0}`
      return parent && 'children' in parent && node.kind !== 'root' ? parent.children.indexOf(node) : 0
    })
    .join('.')
}

const found = (cell: string, method: string, path: string, outers: readonly Cell[]): readonly Item[] =>
  evaluatePath(pathOf(path, method).value, locate(cell).at, outers)

export function xmlValue(cell: string, path: string, outers: readonly Cell[]): Cell {
  const [first] = found(cell, 'value', path, outers)
  return first === undefined ? null : itemText(first)
}

export const xmlExists = (cell: string, path: string, outers: readonly Cell[]): Cell =>
  found(cell, 'exist', path, outers).length > 0 ? 1 : 0

export const xmlQuery = (cell: string, path: string, outers: readonly Cell[]): Cell =>
  found(cell, 'query', path, outers)
    .map((item) =>
      isNode(item)
        ? writeAlone(item[item.length - 1] as AnyNode)
        : writeXml({ kind: 'text', name: '', value: itemText(item) }),
    )
    .join('')

/** A JSON list of cells. */
export function xmlNodes(cell: string, path: string, outers: readonly Cell[]): Cell {
  const { text, at } = locate(cell)
  const items = evaluatePath(pathOf(path, 'nodes').value, at, outers).filter(isNode)
  if (items.length * text.length > maxNodesCharacters)
    throw unsupported(`nodes() of ${items.length} rows of an xml value of ${text.length} characters`)
  return JSON.stringify(items.map((item) => `${mark}${placeOf(item)}${mark}${text}`))
}

/** An xml value of a text, as CAST and CONVERT (style 1 keeps white space) make it. */
export const xmlCell = (text: string, wide: boolean, style: number | undefined): string =>
  writeXml(parseXml(text, { keepBlanks: style === 1 || style === 3, wide }))

/** Bytes say themselves how they are written. */
export function xmlOfBytes(bytes: Uint8Array, style: number | undefined): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  return xmlCell(
    Buffer.from(bytes).toString(wide || bytes[1] === 0 ? 'utf16le' : 'utf8'),
    wide || bytes[1] === 0,
    style,
  )
}
