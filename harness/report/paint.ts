import { styleText } from 'node:util'

export type Tone = 'good' | 'bad' | 'muted' | 'warn' | 'strong'

const styles = {
  good: 'green',
  bad: 'red',
  muted: 'gray',
  warn: 'yellow',
  strong: 'bold',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>

/** Colours a text, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string

export const painter = (colour: boolean): Paint =>
  colour ? (tone, text) => styleText(styles[tone], text, { validateStream: false }) : (_tone, text) => text
