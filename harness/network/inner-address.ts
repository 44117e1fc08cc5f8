/**
 * The loopback address that stands for a caller behind the relay: the relay cannot call from another host's address, and
 * the server must still see who it is. 198.18.4.5 becomes 127.18.4.5; an address of the loopback net stays.
 */
export const innerAddress = (address: string | undefined): string | undefined => address?.replace(/^\d+\./, '127.')
