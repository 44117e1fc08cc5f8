/**
 * Where a person goes after the login: only within this site, else to the start page, or the login page would lead wherever a
 * link says (as ASP.NET's `Url.IsLocalUrl`).
 */
export function localUrl(returnUrl: string | null | undefined): string {
  return returnUrl && isLocal(returnUrl) ? returnUrl : '/'
}

function isLocal(url: string): boolean {
  // Browsers read \ as /, and leave out tabs and line ends.
  if (!url.startsWith('/') || url.startsWith('//') || url.startsWith('/\\')) return false
  return url.length <= 2_000 && !/[\p{Cc}\s]/u.test(url)
}
