/** Escaping of XML, and names for what is not a name of XML. */

export const elementText = (text: string): string =>
  text.replace(/[&<>\r]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&#x0D;'))

export const attributeText = (text: string): string =>
  elementText(text).replace(/["\n\t]/g, (c) => (c === '"' ? '&quot;' : c === '\n' ? '&#x0A;' : '&#x09;'))

const hex = (c: string): string => `_x${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}_`

/** A column's name as that of an element: what XML does not allow is written as _xHHHH_. */
export const xmlName = (name: string): string =>
  name
    .replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
    .replace(/^[^\p{L}_]/u, hex)
    .replace(/[^\p{L}\p{N}._\-:]/gu, hex)
