import { page } from './html.ts'

/** `details` are HTML, and only shown where `ShowPII` is on. */
export const errorPage = (details = ''): string =>
  page(
    'Error',
    `<p class="error" role="alert">An error occurred while processing your request.</p>${details && `<p>${details}</p>`}`,
  )
