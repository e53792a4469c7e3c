export {
  type Disagreement,
  type ErrorCode,
  type Explanation,
  GridError,
  type JobId,
  type JobState,
  type JobView,
  type LogRow,
  type NodeView,
  type Quota,
  type Scope,
  type StatusView,
  type StoryRow,
  type TokenView,
} from '@manytabs/protocol';
export { type AuditEntry, ChainCheck } from './access/audit-log.ts';
export type {
  ConnectOptions,
  Estimate,
  Graph,
  GraphBuilder,
  GridApi,
  InputSource,
  Job,
  JobEvents,
  JobHandle,
  JsModule,
  LocalOptions,
  MapOptions,
  Range,
  ReduceOptions,
  Requirements,
  ResultsOptions,
  ResultTrust,
  Retries,
  Single,
  StageOptions,
  Task,
  TaskContext,
  TaskFunction,
  TaskResult,
  TokenOptions,
  TokensApi,
  Trust,
  WasmModule,
} from './client/api.ts';
export { checkSource } from './client/free-variables.ts';
export { Grid } from './client/grid.ts';
export { range } from './client/inputs.ts';
export { jsModule, wasm } from './client/modules.ts';
export { type Attempt, TaskError } from './client/task-error.ts';
