/** What somebody can do with a folder and the files in it; the vendor's words are Windows', these are what can be tried. */
export const accesses = [
  'list',
  'read',
  'execute',
  'create',
  'write',
  'delete',
  'rename',
  'change-permissions',
] as const
export type Access = (typeof accesses)[number]

export const rowNames = ['working-directory', 'runtime', 'provisioning-orders', 'data-collection', 'other'] as const
export type RowName = (typeof rowNames)[number]

/** A folder of the working directory, `/` between its parts, empty for the working directory itself. */
export interface Place {
  readonly path: string
  /** The files of another account in this folder, in place of the administrator's. */
  readonly filesOf?: 'another account'
}

/** A line of the requirement's matrix. What is not allowed is denied: its last line says so. */
export interface PermissionRow {
  readonly row: RowName
  /** As the requirement has it. */
  readonly words: string
  readonly places: readonly Place[]
  readonly allowed: readonly Access[]
}

/** Windows' permissions, by the accesses that they give. */
const read = ['read'] as const
const listFolderContents = ['list'] as const
const readAndExecute = ['read', 'execute'] as const
/** Makes and changes files; deleting is a permission of its own. */
const write = ['create', 'write'] as const

/** Folders below `Work` that the requirement's matrix does not name. */
const otherWorkFolders = [
  'DataProtection',
  'ExportCookies',
  'FulfillPowerShell',
  'FulfillRobotFramework',
  'Synchronization',
  'Upload',
] as const

/** The service account's permissions: `identity-manager-server.md`, Working directory permissions. */
export const permissionMatrix: readonly PermissionRow[] = [
  {
    row: 'working-directory',
    words: 'Read and List folder contents on the working directory',
    places: [{ path: '' }],
    allowed: [...read, ...listFolderContents],
  },
  {
    row: 'runtime',
    words:
      'Read & Execute and List folder contents on the Runtime directory, usually C:/Usercube/Runtime, in order to run the agent executable',
    places: [{ path: 'Runtime' }],
    allowed: [...readAndExecute, ...listFolderContents],
  },
  {
    row: 'provisioning-orders',
    words:
      "Read and List folder contents on the directory for provisioning orders, whose path depends on the Work folder's path",
    places: [{ path: 'Work/ProvisioningOrders' }],
    allowed: [...read, ...listFolderContents],
  },
  {
    row: 'data-collection',
    words:
      "Read, List folder contents, and Write on the directory for data collection, whose path depends on the Work folder's path",
    places: [{ path: 'Work/Collect' }],
    allowed: [...read, ...listFolderContents, ...write],
  },
  {
    row: 'other',
    words: 'Other permissions should be denied',
    places: [
      { path: 'Temp' },
      { path: 'Work' },
      ...otherWorkFolders.map((name) => ({ path: `Work/${name}` })),
      { path: 'Work/Collect', filesOf: 'another account' },
    ],
    allowed: [],
  },
]

/** Every folder of the layout once, parents first. */
export const layoutFolders: readonly string[] = [
  ...new Set(permissionMatrix.flatMap(({ places }) => places.map(({ path }) => path))),
].sort()
