const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''

/** Whether a path has a `%` that is no escape, or escapes a zero byte. */
export const hasBadEscape = (url: string): boolean => /%(?![0-9a-f]{2})|%00/i.test(pathOf(url))

/** Whether a path leads above the root. `decoded`: escapes, of slashes too, are read before segments are counted. */
export function climbs(url: string, decoded: boolean): boolean {
  const path = decoded ? pathOf(url).replace(/%2f/gi, '/') : pathOf(url)
  let depth = 0
  for (const segment of path.replace(/%2e/gi, '.').split('/')) {
    if (segment === '..') depth -= 1
    else if (segment !== '' && segment !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}
