/** What the service as a whole can be doing. */
export const serverStates = [
  'running',
  'paused',
  'starting',
  'script-upgrade',
  'single-user',
  'administrators-only',
  'shutting-down',
] as const
export type ServerState = (typeof serverStates)[number]
