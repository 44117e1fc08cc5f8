import type { ComponentSpec } from './landscape.ts'

export interface ComponentId {
  readonly host: string
  readonly kind: string
}

/** The order in which components start, or the first cycle that forbids one: its last member's reference closes it. */
export type StartOrder =
  | { readonly order: readonly ComponentId[] }
  | { readonly cycle: readonly ComponentId[]; readonly closedBy: ComponentId & { readonly reference: string } }

interface Node extends ComponentId {
  readonly needs: readonly { readonly key: string; readonly reference: string }[]
}

const keyOf = (host: string, kind: string): string => `${host}.${kind}`

/** Every component behind all that it refers to, else in the order of the file. `kindOf` tells a reference's kind. */
export function startOrder(
  components: readonly ComponentSpec[],
  kindOf: (component: ComponentSpec, reference: string) => string,
): StartOrder {
  const nodes = new Map<string, Node>()
  for (const component of components) {
    const needs = Object.entries(component.references).flatMap(([reference, hosts]) => {
      const kind = kindOf(component, reference)
      return hosts.map((host) => ({ key: keyOf(host, kind), reference }))
    })
    nodes.set(keyOf(component.host, component.kind), { host: component.host, kind: component.kind, needs })
  }
  const order: ComponentId[] = []
  const done = new Set<string>()
  // Depth first with a stack of its own: a chain of thousands of hosts must not exhaust the call stack.
  for (const [root, rootNode] of nodes) {
    if (done.has(root)) continue
    const path = [{ key: root, node: rootNode, next: 0 }]
    const onPath = new Set([root])
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const need = top.node.needs[top.next++]
      if (!need) {
        order.push(idOf(top.node))
        done.add(top.key)
        onPath.delete(top.key)
        path.pop()
        continue
      }
      if (onPath.has(need.key)) {
        const cycle = path.slice(path.findIndex(({ key }) => key === need.key)).map(({ node }) => idOf(node))
        return { cycle, closedBy: { ...idOf(top.node), reference: need.reference } }
      }
      const node = nodes.get(need.key)
      if (!node || done.has(need.key)) continue
      onPath.add(need.key)
      path.push({ key: need.key, node, next: 0 })
    }
  }
  return { order }
}

const idOf = ({ host, kind }: Node): ComponentId => ({ host, kind })
