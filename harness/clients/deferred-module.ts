import { Module } from 'node:module'

type Exports = Readonly<Record<PropertyKey, unknown>>

/**
 * While this is held, CommonJS modules that require any of `names` get a stand-in that loads the real module at first use
 * of one of its exports. For libraries that load at start what most programs never call.
 */
export function deferModules(require: NodeJS.Require, names: readonly string[]): Disposable {
  const held = new Map<string, Module>()
  for (const name of names) {
    const file = require.resolve(name)
    if (require.cache[file]) continue
    let real: Exports | undefined
    const standIn = new Module(file)
    standIn.loaded = true
    standIn.exports = new Proxy<Exports>(
      {},
      {
        get: (_target, property) => {
          if (require.cache[file] === standIn) delete require.cache[file]
          real ??= require(name) as Exports // a module's exports, whatever they are
          return real[property]
        },
      },
    )
    require.cache[file] = standIn
    held.set(file, standIn)
  }
  return {
    [Symbol.dispose]() {
      for (const [file, standIn] of held) if (require.cache[file] === standIn) delete require.cache[file]
    },
  }
}
