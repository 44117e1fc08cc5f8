import { instanceMember, staticMember } from '../clr/clr-methods.ts'
import type { Udf } from './udf.ts'

/** `clr_(how, type, member, …)`: a static member ('::') or one of a value ('.'), which then comes first. */
export const clrUdf: Udf = {
  name: 'clr_',
  pure: true,
  call: (how = null, type = null, member = null, ...cells) => {
    const of = how === '::' ? staticMember : instanceMember
    const found = of(String(type), String(member))
    if (!found) return null
    const [first] = cells
    const missing = found.takesNull ? how === '.' && first === null : cells.includes(null)
    return missing ? null : found.call(...cells)
  },
}
