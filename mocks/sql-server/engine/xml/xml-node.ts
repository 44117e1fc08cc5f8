/** An xml value as a tree. A value may have several roots, and text beside them. */
export interface XmlElement {
  readonly kind: 'element'
  /** As written, with its prefix. */
  readonly name: string
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly XmlNode[]
}

export interface XmlAttribute {
  readonly kind: 'attribute'
  readonly name: string
  readonly namespace: string
  readonly value: string
}

export interface XmlText {
  readonly kind: 'text' | 'comment' | 'instruction'
  /** The target of an instruction. */
  readonly name: string
  readonly value: string
}

export interface XmlRoot {
  readonly kind: 'root'
  readonly children: readonly XmlNode[]
}

export type XmlNode = XmlElement | XmlText
export type AnyNode = XmlNode | XmlAttribute | XmlRoot

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
export const prefixOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf(':')))

/** The characters of a node and all below it. */
export function stringValue(node: AnyNode): string {
  if (node.kind !== 'element' && node.kind !== 'root') return node.value
  return node.children
    .map((child) => (child.kind === 'element' || child.kind === 'text' ? stringValue(child) : ''))
    .join('')
}
