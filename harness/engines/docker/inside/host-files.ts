/** Where a host's file tree is in its container. */
export const HOST_FILES = '/srv/host'
