/** A place on the loopback net where something listens. Port 0 asks for a free one. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

export const endpointText = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
