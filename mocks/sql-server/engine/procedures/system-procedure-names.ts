import { catalogProcedureNames } from './registry.ts'

const built = ['sp_execute', 'sp_executesql', 'sp_prepare', 'sp_prepexec', 'sp_reset_connection', 'sp_unprepare']

/** The system procedures that can be called, by name. */
export const systemProcedureNames = (): readonly string[] => [...catalogProcedureNames(), ...built].sort()
