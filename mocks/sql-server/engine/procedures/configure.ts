import { permissionDenied, requireServer } from '../../security/permissions.ts'
import { type ConfigurationOption, configurationOptions } from '../server-configuration.ts'
import { SqlError } from '../sql-error.ts'
import type { ListedRow, ProcedureCall, SystemProcedure } from './procedure-call.ts'
import { compareText } from './visible-objects.ts'

const showAdvanced = 518

/** A name, or the beginning of one that fits no other. */
function optionNamed(call: ProcedureCall, given: string, advanced: boolean): ConfigurationOption {
  const wanted = given.toLowerCase()
  const known = configurationOptions.filter((option) => advanced || !option.advanced)
  const exact = known.find((option) => option.name.toLowerCase() === wanted)
  if (exact) return exact
  const found = known.filter((option) => option.name.toLowerCase().startsWith(wanted))
  const [only] = found
  if (!only)
    throw new SqlError(
      15123,
      16,
      1,
      `The configuration option '${given}' does not exist, or it may be an advanced option.`,
    )
  if (found.length > 1) {
    send(call, found)
    throw new SqlError(15124, 16, 1, `The configuration option '${given}' is not unique.`)
  }
  return only
}

function send(call: ProcedureCall, options: readonly ConfigurationOption[]): void {
  const { configuration } = call.x.session.instance
  call.send(
    'name:n35 minimum:int? maximum:int? config_value:int? run_value:int?',
    options
      .map(
        (option): ListedRow => [
          option.name,
          option.minimum,
          option.maximum,
          configuration.value(option),
          configuration.running(option),
        ],
      )
      .sort((a, b) => compareText(String(a[0]), String(b[0]))),
  )
}

function configure(call: ProcedureCall): number {
  const { configuration } = call.x.session.instance
  const advanced = configurationOptions.some(
    (option) => option.id === showAdvanced && configuration.running(option) === 1,
  )
  const given = call.text('configname')
  if (given === undefined) {
    send(
      call,
      configurationOptions.filter((option) => advanced || !option.advanced),
    )
    return 0
  }
  const option = optionNamed(call, given, advanced)
  const value = call.number('configvalue')
  if (value === undefined) {
    send(call, [option])
    return 0
  }
  requireServer(call.x.session, 'ALTER SETTINGS', permissionDenied)
  if (value !== 0 && (value < option.minimum || value > option.maximum))
    throw new SqlError(15129, 16, 1, `'${value}' is not a valid value for configuration option '${option.name}'.`)
  const before = configuration.value(option)
  configuration.set(option, value)
  call.tell(
    `Configuration option '${option.name}' changed from ${before} to ${value}. Run the RECONFIGURE statement to install.`,
    15457,
  )
  return 0
}

export const configureProcedures: Readonly<Record<string, SystemProcedure>> = {
  sp_configure: { parameters: 'configname:v35? configvalue:int?', run: configure },
}
