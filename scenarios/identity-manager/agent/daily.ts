export const HOUR_MINUTES = 60

const MINUTE_MS = 60_000

/** The crontab of a job that runs once a day, next in so many minutes. */
export function dailyIn(minutes: number): string {
  const at = new Date(Date.now() + minutes * MINUTE_MS)
  return `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`
}
