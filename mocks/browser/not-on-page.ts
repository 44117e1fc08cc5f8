import { HarnessError } from '../../harness/context/error.ts'

/** Something was asked of a page that is not there, or has not got it: a mistake of whoever asks. */
export const notOnPage = (what: string): HarnessError => new HarnessError('action-failed', what)

export const noPage = (): HarnessError => notOnPage('no page is open; call "open" first')
