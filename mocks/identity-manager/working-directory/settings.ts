import { z } from 'zod'
import { type Access, accesses, type PermissionRow, permissionMatrix, rowNames } from './permission-matrix.ts'

const permission = z.templateLiteral([z.enum(rowNames), '/', z.enum(accesses)])

/** What an administrator got wrong: permissions (`runtime/write`) beyond the requirement's matrix, and missing ones. */
export const workingDirectorySettings = z.strictObject({
  grant: z.array(permission).max(40).default([]).describe('Permissions too many: runtime/write, other/read, …'),
  deny: z.array(permission).max(40).default([]).describe('Permissions missing: provisioning-orders/read, …'),
})
export type WorkingDirectorySettings = z.output<typeof workingDirectorySettings>

/** The matrix as the administrator has carried it out. */
export function carriedOut({ grant, deny }: WorkingDirectorySettings): readonly PermissionRow[] {
  const [granted, denied] = [new Set<string>(grant), new Set<string>(deny)]
  const holds = ({ row, allowed }: PermissionRow, access: Access): boolean => {
    const permission = `${row}/${access}`
    return !denied.has(permission) && (allowed.includes(access) || granted.has(permission))
  }
  return permissionMatrix.map((row) => ({ ...row, allowed: accesses.filter((access) => holds(row, access)) }))
}
