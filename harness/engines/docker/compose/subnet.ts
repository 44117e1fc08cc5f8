import { HarnessError } from '../../../context/error.ts'
import { type AddressBlock, addressNumber, NO_HOSTS } from '../network-plan.ts'

/** The block of addresses that a CIDR text names. Throws `usage` for what is none, or is too small for so many hosts. */
export function subnetOf(text: string, hosts: number): AddressBlock {
  const [, address = '', length = ''] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(text) ?? []
  const size = 2 ** (32 - Number(length))
  const numbers = address.split('.').map(Number)
  if (address === '' || Number(length) > 32 || numbers.some((part) => part > 255)) {
    throw new HarnessError('usage', `"${text}" is no subnet: write it as 198.18.7.0/24`)
  }
  const base = addressNumber(address)
  if (base % size !== 0) throw new HarnessError('usage', `${text} begins in the middle of a subnet of that length`)
  if (size < hosts + NO_HOSTS) {
    throw new HarnessError(
      'usage',
      `${text} is too small: ${hosts} hosts need a subnet of ${hosts + NO_HOSTS} addresses`,
    )
  }
  return { base, size }
}
