import type { Execution } from './execution.ts'

const texts: Readonly<Record<number, string>> = {
  3606: 'Arithmetic overflow occurred.',
  3607: 'Division by zero occurred.',
  8153: 'Warning: Null value is eliminated by an aggregate or other SET operation.',
}

/** Tells the warnings that a statement has earned, each once. Severity 10 goes out as 0. */
export function tellNotices(x: Execution, line: number): void {
  const { notices, settings } = x.session
  if (notices.size === 0) return
  for (const number of notices) {
    const text = texts[number]
    if (text === undefined || (number === 8153 && !settings.switches.has('ANSI_WARNINGS'))) continue
    x.sink.message({ number, state: 1, class: 0, text, procedure: x.frame.procedure, line })
  }
  notices.clear()
}
