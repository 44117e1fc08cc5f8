/** A message that is none, or comes at the wrong time: SEC_E_INVALID_TOKEN to Windows. */
export class NtlmError extends Error {
  override readonly name = 'NtlmError'
}
