/** An xml value as SQL Server writes it out: no declaration, empty elements short, double quotes. */
import type { AnyNode, XmlAttribute, XmlElement } from './xml-node.ts'
import { prefixOf } from './xml-node.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#x0D;',
  '\t': '&#x09;',
  '\n': '&#x0A;',
}
const inText = (text: string): string => text.replace(/[&<>\r]/g, (letter) => escapes[letter] ?? letter)
const inAttribute = (text: string): string => text.replace(/[&<>"\r\t\n]/g, (letter) => escapes[letter] ?? letter)

export function writeXml(node: AnyNode): string {
  switch (node.kind) {
    case 'root':
      return node.children.map(writeXml).join('')
    case 'text':
      return inText(node.value)
    case 'comment':
      return `<!--${node.value}-->`
    case 'instruction':
      return `<?${node.name}${node.value === '' ? '' : ` ${node.value}`}?>`
    case 'attribute':
      return inText(node.value)
    case 'element':
      return writeElement(node)
  }
}

function writeElement({ name, attributes, children }: XmlElement): string {
  const head = `<${name}${attributes.map((each) => ` ${each.name}="${inAttribute(each.value)}"`).join('')}`
  return children.length === 0 ? `${head}/>` : `${head}>${children.map(writeXml).join('')}</${name}>`
}

/** An element by itself: with the namespaces that it has from around it. */
export function writeAlone(node: AnyNode): string {
  if (node.kind !== 'element') return writeXml(node)
  const needed = new Map<string, string>()
  const note = (name: string, namespace: string): void => {
    const prefix = prefixOf(name)
    if (prefix !== 'xml' && prefix !== 'xmlns' && (namespace !== '' || prefix !== '')) needed.set(prefix, namespace)
  }
  const visit = (element: XmlElement, declared: ReadonlySet<string>): void => {
    const own = new Set([...declared, ...element.attributes.flatMap(declaredPrefix)])
    if (!own.has(prefixOf(element.name))) note(element.name, element.namespace)
    for (const each of element.attributes)
      if (each.namespace !== '' && !own.has(prefixOf(each.name))) note(each.name, each.namespace)
    for (const child of element.children) if (child.kind === 'element') visit(child, own)
  }
  visit(node, new Set())
  const added = [...needed].map(
    ([prefix, value]): XmlAttribute => ({
      kind: 'attribute',
      name: prefix === '' ? 'xmlns' : `xmlns:${prefix}`,
      namespace: '',
      value,
    }),
  )
  return writeElement({ ...node, attributes: [...added, ...node.attributes] })
}

const declaredPrefix = ({ name }: XmlAttribute): string[] =>
  name === 'xmlns' ? [''] : name.startsWith('xmlns:') ? [name.slice(6)] : []
