import {
  type Compare,
  type Determinism,
  encodeValue,
  type FileRef,
  GridError,
  type JobSpec,
  LIMITS,
  type Module,
  type Quorum,
  type Tier,
} from '@manytabs/protocol';
import { checkWasi, planWasm, withoutDebug } from '@manytabs/runtime/wasm';
import { addShard, type ShardBytes } from '../shard-bytes.ts';
import { allowanceOf, checkFeasible, memoryOf, retriesOf } from './allowance.ts';
import type { CompareOption, JsModule, MapOptions, Range, Task, Trust } from './api.ts';
import { checkExport, checkOf, checkOptionOf, checkText, isEqual } from './check-option.ts';
import { withoutPowers } from './portable-power.ts';
import { sourceCheck } from './source-check.ts';

const QUORUM_OF_TRUST: Readonly<Record<Trust, number>> = {
  none: 1,
  draft: 2,
  standard: 2,
  strict: 3,
};

/**
 * Everything of a job but its inputs, with the bytes it refers to.
 * @throws {GridError} `free-variable`, `syntax-error`, `export-missing`, `output-not-cloneable`, `spec-invalid`,
 *   `infeasible`
 */
export function describe<I, O, A>(
  inputs: Range | undefined,
  task: Task<I, O, A>,
  options: MapOptions<A>,
  shards: ShardBytes,
): JobSpec {
  const module = moduleOf(task, options, shards);
  const command = typeof task === 'object' && task.kind === 'wasi' ? task : undefined;
  const check = checkOf(options);
  const args = encodeValue(options.args ?? command?.shared ?? null);
  checkFeasible(options);
  if (args.length > LIMITS.ARGS_BYTES_MAX) throw invalid('args are over 32 KiB; pass a file');
  return {
    name: options.name ?? nameOf(task),
    purpose: options.purpose ?? '',
    program: {
      module,
      args,
      files: filesOf({ ...command?.files, ...options.files }, shards),
      ...(inputs ? { rangeFrom: inputs.from } : {}),
      seed: options.seed ?? 0,
      timeoutMs: options.timeout ?? LIMITS.TASK_TIMEOUT_MS_DEFAULT,
      outputBytesMax: options.outputBytesMax ?? LIMITS.OUTPUT_BYTES_DEFAULT,
      ...(options.determinism ? { determinism: options.determinism } : {}),
      ...(check ? { check } : {}),
      ...spaceOf(options),
      ...(options.previews ? { previews: true } : {}),
      ...memoryOf(options),
    },
    inputs: inputs
      ? { kind: 'range', from: inputs.from, to: inputs.to }
      : { kind: 'list', chunks: [], open: true },
    quorum: quorumOf(options),
    ...tierOf(options),
    ...(options.compare && !isEqual(options.compare)
      ? { compare: compareOf(options.compare) }
      : {}),
    priority: options.priority ?? 5,
    ...allowanceOf(options),
    ...(options.view ? { view: options.view } : {}),
  };
}

function spaceOf({ space }: MapOptions<never> | MapOptions): { space?: string } {
  if (space === undefined) return {};
  const most = LIMITS.SPACE_PREFIX_CHARS_MAX;
  if (space.length >= 1 && space.length <= most) return { space };
  throw invalid(`a space is a prefix of 1 to ${most} characters`);
}

/** BOINC's parameters from one number, a tier, or given in part. */
export function quorumOf(options: MapOptions<never> | MapOptions): Quorum {
  const { quorum, trust = checkOptionOf(options) ? 'standard' : 'none' } = options;
  const retries = retriesOf(options).max;
  const given = typeof quorum === 'object' ? quorum : {};
  const minQuorum =
    given.minQuorum ?? (typeof quorum === 'number' ? quorum : QUORUM_OF_TRUST[trust]);
  const targetResults = given.targetResults ?? minQuorum;
  const maxErrorResults = given.maxErrorResults ?? retries;
  const maxSuccessResults = given.maxSuccessResults ?? Math.min(64, minQuorum * 3 + 2);
  const copiesMax = Math.min(64, maxSuccessResults + maxErrorResults + 5);
  return {
    minQuorum,
    targetResults,
    maxErrorResults,
    maxSuccessResults,
    maxTotalResults: given.maxTotalResults ?? (tierOf(options).tier ? 64 : copiesMax),
  };
}

/** A quorum that was asked for is kept to: credibility decides only without one. */
function tierOf(options: MapOptions<never> | MapOptions): { tier?: Tier } {
  const { trust = checkOptionOf(options) && 'standard', quorum } = options;
  return trust === undefined || trust === 'none' || quorum !== undefined ? {} : { tier: trust };
}

function compareOf(option: CompareOption): Compare {
  if (option === 'bytes' || option === 'set') return { kind: option };
  if (typeof option === 'object' && 'image' in option) return { kind: 'image', ...option.image };
  if (typeof option === 'object' && 'float' in option)
    return { kind: 'float', ...given(option.float) };
  throw invalid('compare is bytes, set, {float: {abs, rel, ulps}}, {image: {psnr}} or {equal}');
}

function given(bounds: Extract<CompareOption, { float: object }>['float']): {
  abs?: number;
  rel?: number;
  ulps?: number;
} {
  const { abs, rel, ulps } = bounds;
  return {
    ...(abs === undefined ? {} : { abs }),
    ...(rel === undefined ? {} : { rel }),
    ...(ulps === undefined ? {} : { ulps }),
  };
}

function moduleOf<I, O, A>(
  task: Task<I, O, A>,
  options: MapOptions<A>,
  shards: ShardBytes,
): Module {
  const { determinism, requires } = options;
  const kind = typeof task === 'function' ? 'js' : task.kind;
  const name = typeof task === 'function' ? 'default' : task.export;
  checkDeterminism(kind, determinism);
  if (typeof task !== 'function') checkExport(task, options);
  const code = codeOf(task, options);
  if (code.length === 0) throw invalid('the module is empty');
  if (code.length > LIMITS.MODULE_BYTES_MAX) throw invalid('the module is over 4 MiB');
  // What volunteers would refuse is refused here.
  const rules = { determinism, memoryMB: requires?.memoryMB };
  if (kind === 'wasm') planWasm(code, name, rules);
  if (kind === 'wasi') checkWasi(code, rules);
  const shard = addShard(code, shards);
  return { kind, code: { shard, bytes: code.length }, export: name };
}

function checkDeterminism(kind: Module['kind'], determinism: Determinism | undefined): void {
  const isOfOther =
    (determinism === 'strict-wasm' && kind !== 'wasm' && kind !== 'wasi') ||
    (determinism === 'strict-js' && kind !== 'js');
  if (isOfOther) throw invalid(`determinism "${determinism}" is for tasks of another kind`);
}

function codeOf<I, O, A>(task: Task<I, O, A>, options: MapOptions<A>): Uint8Array {
  if (typeof task === 'function' || task.kind === 'js') return jsCodeOf(task, options);
  if (task.kind === 'python') return new TextEncoder().encode(task.source);
  return isWasm(task.bytes) ? withoutDebug(task.bytes) : task.bytes;
}

const WASM_MODULE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** What is none is refused with better words later. */
function isWasm(bytes: Uint8Array): boolean {
  return WASM_MODULE.every((byte, i) => bytes[i] === byte);
}

type JsTask = ((...args: never[]) => unknown) | JsModule;

function jsCodeOf(task: JsTask, options: MapOptions): Uint8Array {
  const source = sourceOf(task, options);
  const isPortable = options.determinism !== 'class';
  const portable = () => withoutPowers(source, sourceCheck().parseSource(source));
  return new TextEncoder().encode(isPortable ? portable() : source);
}

/** The module's source, refused where it could not run elsewhere. */
function sourceOf(task: JsTask, options: MapOptions): string {
  if (typeof task !== 'function') {
    sourceCheck().checkSource(task.source, { export: task.export });
    return task.source;
  }
  return functionSource(task, (text) => `export default (${text});\n${checkText(options)}`);
}

/** A module made around the source of a function. */
export function functionSource(
  task: (...args: never[]) => unknown,
  wrap: (text: string) => string,
): string {
  const text = task.toString();
  if (text.includes('[native code]')) throw invalid('a built-in function cannot be sent');
  const source = wrap(text);
  sourceCheck().checkSource(source, { export: 'default', name: task.name });
  return source;
}

function nameOf<I, O, A>(task: Task<I, O, A>): string {
  if (typeof task === 'function') return task.name || 'map';
  return task.kind === 'wasi' ? 'wasi' : task.export;
}

function filesOf(files: Readonly<Record<string, Uint8Array>>, shards: ShardBytes): FileRef[] {
  return Object.entries(files).map(([path, bytes]) => {
    const pieces: FileRef['shards'] = [];
    for (let at = 0; at < bytes.length; at += LIMITS.SHARD_BYTES) {
      const piece = bytes.subarray(at, at + LIMITS.SHARD_BYTES);
      pieces.push({ shard: addShard(piece, shards), bytes: piece.length });
    }
    return { path, bytes: bytes.length, shards: pieces };
  });
}

function invalid(why: string): GridError {
  return new GridError('spec-invalid', `The job was refused: ${why}.`);
}
