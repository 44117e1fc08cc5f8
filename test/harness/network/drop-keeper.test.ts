import { expect, test } from 'vitest'
import { DropKeeper } from '../../../harness/network/drop-keeper.ts'

test('a thread that has ended fails who asks, and does not hold up who leaves', async () => {
  await using keeper = new DropKeeper()
  // No list: the thread cannot go through it, and ends.
  await expect(keeper.hold(7 as never)).rejects.toThrow('the thread that holds dropped ports ended')
  await expect(keeper.hold([])).rejects.toThrow('the thread that holds dropped ports ended')
})
