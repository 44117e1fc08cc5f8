/** A path over a tree: nodes in the order of the document. */
import type { Cell } from '../../tds/data-type.ts'
import { type AnyNode, localName, stringValue, type XmlRoot } from './xml-node.ts'
import type { NodeTest, Step, Value } from './xml-path.ts'

/** A node with its way up to the root: the root first, the node last. */
export type Located = readonly [AnyNode, ...AnyNode[]]
export type Item = Located | string | number | boolean

interface Focus {
  readonly root: XmlRoot
  readonly context: Located
  readonly position: number
  readonly size: number
  readonly outers: readonly Cell[]
}

const nodeOf = (located: Located): AnyNode => located[located.length - 1] as AnyNode
export const isNode = (item: Item): item is Located => typeof item === 'object'

export function evaluatePath(value: Value, context: Located, outers: readonly Cell[]): readonly Item[] {
  // The first of a way is the root, by construction.
  const root = context[0] as XmlRoot
  return evaluate(value, { root, context, position: 1, size: 1, outers })
}

export const itemText = (item: Item): string => (isNode(item) ? stringValue(nodeOf(item)) : String(item))

function evaluate(value: Value, focus: Focus): readonly Item[] {
  switch (value.kind) {
    case 'text':
      return [value.text]
    case 'number':
      return [value.number]
    case 'outer': {
      const cell = focus.outers[value.at] ?? null
      return cell === null ? [] : [typeof cell === 'number' ? cell : String(cell)]
    }
    case 'path': {
      const { from } = value
      const begin: readonly Item[] =
        from === 'root' ? [[focus.root]] : from === 'context' ? [focus.context] : evaluate(from, focus)
      let nodes = begin.filter(isNode)
      for (const step of value.steps) nodes = distinct(nodes.flatMap((node) => walk(step, node, focus)))
      return nodes
    }
    case 'filter':
      return filter(evaluate(value.of, focus), value.predicates, focus)
    case 'compare': {
      const right = evaluate(value.right, focus)
      return [evaluate(value.left, focus).some((a) => right.some((b) => holds(value.op, a, b)))]
    }
    case 'and':
      return [truth(evaluate(value.left, focus)) && truth(evaluate(value.right, focus))]
    case 'or':
      return [truth(evaluate(value.left, focus)) || truth(evaluate(value.right, focus))]
    case 'call':
      return call(value.name, value.args, focus)
  }
}

function call(name: string, args: readonly Value[], focus: Focus): readonly Item[] {
  const [first, second] = args.map((arg) => evaluate(arg, focus))
  const text = (items: readonly Item[] | undefined): string => {
    const [item] = items ?? [focus.context]
    return item === undefined ? '' : itemText(item)
  }
  switch (name) {
    case 'last':
      return [focus.size]
    case 'position':
      return [focus.position]
    case 'count':
      return [first?.length ?? 0]
    case 'empty':
      return [first?.length === 0]
    case 'not':
      return [!truth(first ?? [])]
    case 'contains':
      return [text(first).includes(text(second))]
    case 'string-length':
      return [text(first).length]
    case 'sum':
      return [(first ?? []).reduce((sum: number, item) => sum + Number(itemText(item)), 0)]
    case 'data':
      return (first ?? []).map((item) => (isNode(item) ? itemText(item) : item))
    case 'local-name': {
      const [item] = first ?? [focus.context]
      const node = item !== undefined && isNode(item) ? nodeOf(item) : undefined
      return [node && 'name' in node ? localName(node.name) : '']
    }
    case 'true':
    case 'false':
      return [name === 'true']
    default:
      return [text(first)]
  }
}

function walk(step: Step, from: Located, focus: Focus): readonly Located[] {
  return filter(along(step, from), step.predicates, focus).filter(isNode)
}

function along({ axis, test }: Step, from: Located): Located[] {
  const node = nodeOf(from)
  switch (axis) {
    case 'self':
      return [from]
    case 'parent': {
      const [first, ...rest] = from.slice(0, -1)
      return first ? [[first, ...rest]] : []
    }
    case 'descendant':
      return [from, ...children(from).flatMap((child) => along({ axis, test, predicates: [] }, child))]
    case 'attribute':
      return node.kind !== 'element'
        ? []
        : node.attributes
            .filter((each) => !/^xmlns(?::|$)/.test(each.name) && matches(test, each))
            .map((each): Located => [...from, each])
    case 'child':
      return children(from).filter((child) => matches(test, nodeOf(child)))
  }
}

function children(from: Located): Located[] {
  const node = nodeOf(from)
  return node.kind === 'element' || node.kind === 'root' ? node.children.map((child): Located => [...from, child]) : []
}

function matches(test: NodeTest, node: AnyNode): boolean {
  switch (test.kind) {
    case 'node':
      return true
    case 'any':
      return node.kind === 'element' || node.kind === 'attribute'
    case 'name':
      return (
        (node.kind === 'element' || node.kind === 'attribute') &&
        localName(node.name) === test.name &&
        node.namespace === test.namespace
      )
    default:
      return node.kind === test.kind
  }
}

function filter(items: readonly Item[], predicates: readonly Value[], focus: Focus): readonly Item[] {
  return predicates.reduce<readonly Item[]>(
    (left, predicate) =>
      left.filter((item, i) => {
        const context = isNode(item) ? item : focus.context
        const found = evaluate(predicate, { ...focus, context, position: i + 1, size: left.length })
        const [only] = found
        return found.length === 1 && typeof only === 'number' ? only === i + 1 : truth(found)
      }),
    items,
  )
}

function truth(items: readonly Item[]): boolean {
  const [first] = items
  if (first === undefined) return false
  if (isNode(first)) return true
  return items.length > 1 || Boolean(first)
}

/** Untyped values compare as numbers with numbers, otherwise as texts. */
function holds(op: string, a: Item, b: Item): boolean {
  const numbers = typeof a === 'number' || typeof b === 'number'
  const [x, y] = numbers ? [Number(itemText(a)), Number(itemText(b))] : [itemText(a), itemText(b)]
  switch (op) {
    case '=':
      return x === y
    case '!=':
      return x !== y
    case '<':
      return x < y
    case '<=':
      return x <= y
    case '>':
      return x > y
    default:
      return x >= y
  }
}

function distinct(nodes: readonly Located[]): Located[] {
  const seen = new Set<AnyNode>()
  return nodes.filter((located) => {
    const node = nodeOf(located)
    if (seen.has(node)) return false
    seen.add(node)
    return true
  })
}
