/** A file within undici has no types of its own: who takes it says what undici's door calls it. */
declare module 'undici/lib/*.js' {
  const part: unknown
  export default part
}
