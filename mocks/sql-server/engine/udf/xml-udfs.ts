import type { Cell } from '../../tds/data-type.ts'
import { xmlExists, xmlNodes, xmlQuery, xmlValue } from '../xml/xml-value.ts'
import type { Udf } from './udf.ts'

/** Behind the value and the path stand what the path asks the statement for, which may be NULL. */
const method = (name: string, call: (cell: string, path: string, outers: readonly Cell[]) => Cell): Udf => ({
  name,
  pure: true,
  call: (cell = null, path = null, ...outers) => (cell === null ? null : call(String(cell), String(path), outers)),
})

export const xmlUdfs: readonly Udf[] = [
  method('xml_value', xmlValue),
  method('xml_query', xmlQuery),
  method('xml_exist', xmlExists),
  method('xml_nodes', xmlNodes),
]
