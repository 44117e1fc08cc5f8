/** A vendor's own program, from an image of the vendor's, which stands beside a host's runtime in the host's network. */
export interface BesideProgramSpec {
  /** Which program it is: how it is started and waited for is known of each. */
  readonly program: BesideProgram
  /** One of those that the component's kind has named for its settings (`ComponentKind.images`). */
  readonly image: string
  readonly environment: Readonly<Record<string, string>>
  /** Of these the machine's own environment has the last word. */
  readonly fromMachine: readonly string[]
  /** Kept from one start to the next, gone with the run. */
  readonly dataFolder: string
  /** Who the program is in its container, and whose its files are. */
  readonly owner: { readonly uid: number; readonly gid: number }
}

/** One that is to be started. */
export interface BesideSpec extends BesideProgramSpec {
  /** Of its administrator, for the first start on an empty data folder. */
  readonly password: string
  /** Put below the data folder before it starts. */
  readonly files: readonly BesideFile[]
}

export const besidePrograms = ['sql-server'] as const
export type BesideProgram = (typeof besidePrograms)[number]

export interface BesideFile {
  /** Below the data folder; a folder on the way is made, for the owner alone. */
  readonly path: string
  readonly content: string
}

/** A program that is ready. Disposing stops it as its vendor wants it stopped; its data stay for the next start. */
export interface RunningBeside extends AsyncDisposable {
  /** The data folder was empty. Undefined where nobody has seen it start: it may not be ready yet, and must be asked. */
  readonly fresh: boolean | undefined
  /** What its administrator has on an empty data folder, where that is another one than was wished. */
  readonly password?: string
  /** Ends it as a power cut does. Fails with `not-shown` where nobody here can. */
  kill(): Promise<void>
}

/** An image that a component wants of a registry, or of the engine where it is already. */
export interface WantedImage {
  readonly name: string
  /** What will be started of it. */
  readonly beside: BesideProgramSpec
  /** The environment variable that takes the administrator's password for an empty data folder. */
  readonly passwordVariable: string
  /** What must be accepted before it is fetched. */
  readonly licence?: {
    readonly address: string
    readonly accepted: boolean
    /** The environment variable that accepts it with `Y`. */
    readonly variable: string
    /** The setting that accepts it. */
    readonly setting: string
  }
}
