import type { RevocationLists } from '../../../pki/index.ts'

/** Revocation lists as they cross the link: DER in base64, times in ISO 8601. */
export interface CarriedLists {
  readonly root: string
  readonly intermediate: string
  readonly number: number
  readonly thisUpdate: string
  readonly nextUpdate: string
}

export const carriedLists = (lists: RevocationLists): CarriedLists => ({
  root: lists.root.toString('base64'),
  intermediate: lists.intermediate.toString('base64'),
  number: lists.number,
  thisUpdate: lists.thisUpdate.toISOString(),
  nextUpdate: lists.nextUpdate.toISOString(),
})

export const listsFrom = (carried: CarriedLists): RevocationLists => ({
  root: Buffer.from(carried.root, 'base64'),
  intermediate: Buffer.from(carried.intermediate, 'base64'),
  number: carried.number,
  thisUpdate: new Date(carried.thisUpdate),
  nextUpdate: new Date(carried.nextUpdate),
})
