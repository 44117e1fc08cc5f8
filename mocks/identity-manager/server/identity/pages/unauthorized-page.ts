import { page } from './html.ts'

/** IIS' error 401 in its own words. */
export const unauthorizedPage = page(
  '401 - Unauthorized',
  `<h2>Access is denied due to invalid credentials.</h2>
<p>You do not have permission to view this directory or page using the credentials that you supplied.</p>`,
)
