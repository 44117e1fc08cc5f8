/** The languages of sys.syslanguages: how they write dates, and their names of months and days. */
export interface Language {
  readonly name: string
  readonly alias: string
  readonly lcid: number
  readonly dateFormat: string
  /** The first day of the week; Monday is 1. */
  readonly dateFirst: number
  readonly locale: string
}

export interface CalendarNames {
  readonly months: readonly string[]
  readonly shortMonths: readonly string[]
  /** From Monday on. */
  readonly days: readonly string[]
}

const rows: readonly (readonly [string, string, number, string, number, string])[] = [
  ['us_english', 'English', 1033, 'mdy', 7, 'en-US'],
  ['Deutsch', 'German', 1031, 'dmy', 1, 'de'],
  ['Français', 'French', 1036, 'dmy', 1, 'fr'],
  ['日本語', 'Japanese', 1041, 'ymd', 7, 'ja'],
  ['Dansk', 'Danish', 1030, 'dmy', 1, 'da'],
  ['Español', 'Spanish', 3082, 'dmy', 1, 'es'],
  ['Italiano', 'Italian', 1040, 'dmy', 1, 'it'],
  ['Nederlands', 'Dutch', 1043, 'dmy', 1, 'nl'],
  ['Norsk', 'Norwegian', 2068, 'dmy', 1, 'nb'],
  ['Português', 'Portuguese', 2070, 'dmy', 7, 'pt-PT'],
  ['Suomi', 'Finnish', 1035, 'dmy', 1, 'fi'],
  ['Svenska', 'Swedish', 1053, 'ymd', 1, 'sv'],
  ['čeština', 'Czech', 1029, 'dmy', 1, 'cs'],
  ['magyar', 'Hungarian', 1038, 'ymd', 1, 'hu'],
  ['polski', 'Polish', 1045, 'dmy', 1, 'pl'],
  ['română', 'Romanian', 1048, 'dmy', 1, 'ro'],
  ['hrvatski', 'Croatian', 1050, 'ymd', 1, 'hr'],
  ['slovenčina', 'Slovak', 1051, 'dmy', 1, 'sk'],
  ['slovenski', 'Slovenian', 1060, 'dmy', 1, 'sl'],
  ['ελληνικά', 'Greek', 1032, 'dmy', 1, 'el'],
  ['български', 'Bulgarian', 1026, 'dmy', 1, 'bg'],
  ['русский', 'Russian', 1049, 'dmy', 1, 'ru'],
  ['Türkçe', 'Turkish', 1055, 'dmy', 1, 'tr'],
  ['British', 'British English', 2057, 'dmy', 1, 'en-GB'],
  ['eesti', 'Estonian', 1061, 'dmy', 1, 'et'],
  ['latviešu', 'Latvian', 1062, 'ymd', 1, 'lv'],
  ['lietuvių', 'Lithuanian', 1063, 'ymd', 1, 'lt'],
  ['Português (Brasil)', 'Brazilian', 1046, 'dmy', 7, 'pt-BR'],
  ['繁體中文', 'Traditional Chinese', 1028, 'ymd', 7, 'zh-TW'],
  ['한국어', 'Korean', 1042, 'ymd', 7, 'ko'],
  ['简体中文', 'Simplified Chinese', 2052, 'ymd', 7, 'zh-CN'],
  ['Arabic', 'Arabic', 1025, 'dmy', 1, 'ar'],
  ['ไทย', 'Thai', 1054, 'dmy', 7, 'th'],
]

export const languages: readonly Language[] = rows.map(([name, alias, lcid, dateFormat, dateFirst, locale]) => ({
  name,
  alias,
  lcid,
  dateFormat,
  dateFirst,
  locale,
}))

const byName = new Map(
  languages.flatMap((language) => [
    [language.name.toLowerCase(), language] as const,
    [language.alias.toLowerCase(), language] as const,
  ]),
)

/** A language by its official name or its alias. */
export const languageOf = (name: string): Language | undefined => byName.get(name.toLowerCase())

const split = (text: string): readonly string[] => text.split(' ')

const english: CalendarNames = {
  months: split('January February March April May June July August September October November December'),
  shortMonths: split('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'),
  days: split('Monday Tuesday Wednesday Thursday Friday Saturday Sunday'),
}

const written: Readonly<Record<string, CalendarNames>> = {
  us_english: english,
  British: english,
  Deutsch: {
    months: split('Januar Februar März April Mai Juni Juli August September Oktober November Dezember'),
    shortMonths: split('Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez'),
    days: split('Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag'),
  },
  Français: {
    months: split('janvier février mars avril mai juin juillet août septembre octobre novembre décembre'),
    shortMonths: split('janv févr mars avr mai juin juil août sept oct nov déc'),
    days: split('lundi mardi mercredi jeudi vendredi samedi dimanche'),
  },
  Español: {
    months: split('Enero Febrero Marzo Abril Mayo Junio Julio Agosto Septiembre Octubre Noviembre Diciembre'),
    shortMonths: split('Ene Feb Mar Abr May Jun Jul Ago Sep Oct Nov Dic'),
    days: split('Lunes Martes Miércoles Jueves Viernes Sábado Domingo'),
  },
  Italiano: {
    months: split('gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'),
    shortMonths: split('gen feb mar apr mag giu lug ago set ott nov dic'),
    days: split('lunedì martedì mercoledì giovedì venerdì sabato domenica'),
  },
  Nederlands: {
    months: split('januari februari maart april mei juni juli augustus september oktober november december'),
    shortMonths: split('jan feb mrt apr mei jun jul aug sep okt nov dec'),
    days: split('maandag dinsdag woensdag donderdag vrijdag zaterdag zondag'),
  },
}

const made = new Map<string, CalendarNames>()

/** The names of a language's months and days; the rarer languages' come from ICU. */
export function calendarNames(name: string): CalendarNames {
  const known = written[name] ?? made.get(name)
  if (known) return known
  const language = languageOf(name)
  if (!language) return english
  const format = (form: Intl.DateTimeFormatOptions, count: number, at: (i: number) => number): readonly string[] => {
    const formatter = new Intl.DateTimeFormat(language.locale, { timeZone: 'UTC', ...form })
    return Array.from({ length: count }, (_, i) => formatter.format(at(i)).replace(/\.$/, ''))
  }
  const month = (i: number): number => Date.UTC(2024, i, 1)
  const names: CalendarNames = {
    months: format({ month: 'long' }, 12, month),
    shortMonths: format({ month: 'short' }, 12, month),
    // The first of January 2024 was a Monday.
    days: format({ weekday: 'long' }, 7, (i) => Date.UTC(2024, 0, 1 + i)),
  }
  made.set(name, names)
  return names
}
