/** Text from the network in a log line: quotes and control characters escaped as `\xHH`, as nginx and Apache do. */
export const escaped = (text: string): string =>
  text.replace(/[^ !#-[\]-~]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )

export const orDash = (text: string): string => (text === '' ? '-' : text)

/** Text from the network in an HTML page. */
export const htmlOf = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
