import type { Page } from 'playwright-core'
import type { FormFields } from '../actions.ts'
import { notOnPage } from '../not-on-page.ts'
import { seenOn } from './page-facts.ts'
import { findFormScript } from './page-script.ts'

/** Which form of the page is meant: its place among them. */
export async function formOn(page: Page, name: string | undefined, fields: readonly string[]): Promise<number> {
  const index = Number(await page.evaluate(findFormScript(name, fields)))
  if (index >= 0) return index
  throw notOnPage(
    name === undefined
      ? `no form of the page has ${fields.join(', ') || 'anything'}`
      : `the page has no form "${name}"`,
  )
}

/** Types, ticks and chooses as a user does. */
export async function fillForm(page: Page, index: number, fields: FormFields, timeout: number): Promise<string> {
  const form = page.locator('form').nth(index)
  const known = (await seenOn(page)).forms[index]
  for (const [field, value] of Object.entries(fields)) {
    const type = known?.fields.find((one) => one.name === field)?.type
    if (type === undefined) throw notOnPage(`the form has no "${field}"`)
    const control = form.locator(`[name=${JSON.stringify(field)}]`)
    if (typeof value === 'boolean') await control.first().setChecked(value, { timeout })
    else if (type.startsWith('select')) await control.first().selectOption(value, { timeout })
    else if (type === 'radio')
      await form.locator(`[name=${JSON.stringify(field)}][value=${JSON.stringify(value)}]`).check({ timeout })
    else await control.first().fill(value, { timeout })
  }
  return known?.name ?? ''
}
