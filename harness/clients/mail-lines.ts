/** A logger for nodemailer that hands on the lines of the conversation and nothing else. */
export function lineLogger(told: (line: string) => void) {
  const ignore = () => {}
  const keep = (entry: { tnx?: string }, text: string) => {
    if (entry.tnx === 'client') told(`C: ${text.trimEnd()}`)
    if (entry.tnx === 'server') told(`S: ${text.trimEnd()}`)
  }
  return { level: ignore, trace: ignore, debug: keep, info: ignore, warn: ignore, error: ignore, fatal: ignore }
}
