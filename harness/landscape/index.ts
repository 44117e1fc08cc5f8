/** The model: what a landscape is, how it is written, and how it is checked. Pure data. */
export { applySettings } from './apply-settings.ts'
export { describeFlows, describeLandscapeFlows, type FlowRow } from './describe-flows.ts'
export {
  type Fault,
  type FaultName,
  faultSchema,
  isLiveFault,
  isTrafficFault,
  type LiveFault,
  type RootName,
  type TrafficFault,
  type TrustFault,
} from './fault.ts'
export type { FlowDeclaration, FlowSource, KindDescription, Listen, ReferenceDeclaration, TlsUse } from './kind.ts'
export {
  type ComponentSpec,
  type Expectation,
  type Flow,
  type HostSpec,
  type Landscape,
  type NameServer,
  OPERATOR,
  type Site,
} from './landscape.ts'
export { type LandscapeFile, parseLandscape, readLandscapeFile } from './load.ts'
export { nearest, suggestion } from './nearest.ts'
export { type FaultHelp, faultHelp, parseFault, parseInjectedFault, withFaults } from './parse-fault.ts'
export type { Position, Positions } from './problem.ts'
export { type ResolveOptions, resolveLandscape } from './resolve.ts'
export { composeSchema, jsonSchema, type LandscapeSchema, type LandscapeSpec } from './schema.ts'
