/** Kinds of handles that a client can leave behind. */
const WATCHED = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'ConnectWrap', 'Timeout', 'GetAddrInfoReqWrap'])
const TURNS = 5000

const held = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => WATCHED.has(kind))
    .sort()

/**
 * Remembers which handles the process holds, and gives a check that no others are left. Closing takes some turns of the event
 * loop: the check allows for them, and fails with what is left.
 */
export function nothingLeft(): () => Promise<void> {
  const before = held()
  return async () => {
    let now = held()
    for (let turn = 0; turn < TURNS && now.length > before.length; turn++) {
      await new Promise(setImmediate)
      now = held()
    }
    if (now.length > before.length) throw new Error(`left behind: ${now.join(', ')}; before: ${before.join(', ')}`)
  }
}
