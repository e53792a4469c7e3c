import { BOUNDS } from '../shared/bounds.ts';
import { invalid, Reader } from './reader.ts';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'other';

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface MemoryType {
  readonly pagesMin: number;
  readonly pagesMax: number | undefined;
  readonly shared: boolean;
  readonly wide: boolean;
}

export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType | undefined;
}

/** What a module declares, as far as a volunteer must know it before running it. */
export interface WasmShape {
  readonly imports: readonly WasmImport[];
  readonly functions: ReadonlyMap<string, FunctionType>;
  readonly memoryExports: ReadonlySet<string>;
  readonly memories: readonly MemoryType[];
  /** Where the section of memories lies, header included. */
  readonly memorySection: { readonly start: number; readonly end: number } | undefined;
  /** Whether an instance remembers anything from one call to the next. */
  readonly stateful: boolean;
  /** The bodies of its functions. */
  readonly code: Reader | undefined;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const VALUE_TYPES: Readonly<Record<number, ValueType>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
};
const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  code: 10,
};
const FUNCTION_TYPE = 0x60;

interface Section {
  readonly start: number;
  readonly body: Reader;
  readonly end: number;
}

/** Parses the sections of types, imports, functions, memories and exports. Throws `wasm-invalid`. */
export function parseWasm(bytes: Uint8Array): WasmShape {
  const sections = splitSections(bytes);
  const types = list(sections.get(SECTION.type), functionType);
  const importTypes: (FunctionType | undefined)[] = [];
  const imports = list(sections.get(SECTION.import), (reader) =>
    importEntry(reader, types, importTypes),
  );
  const own = list(sections.get(SECTION.function), (reader) => types[reader.u32()]);
  const memory = sections.get(SECTION.memory);
  return {
    imports,
    ...exportsOf(sections.get(SECTION.export), [...importTypes, ...own]),
    memories: list(memory, memoryType),
    memorySection: memory && { start: memory.start, end: memory.end },
    stateful: [SECTION.memory, SECTION.table, SECTION.global].some((id) => sections.has(id)),
    code: sections.get(SECTION.code)?.body,
  };
}

/** The section of memories alone. */
export function parseMemories(bytes: Uint8Array): Pick<WasmShape, 'memories' | 'memorySection'> {
  const memory = splitSections(bytes).get(SECTION.memory);
  return {
    memories: list(memory, memoryType),
    memorySection: memory && { start: memory.start, end: memory.end },
  };
}

function splitSections(bytes: Uint8Array): Map<number, Section> {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw invalid('it is not a WASM module');
  const sections = new Map<number, Section>();
  const reader = new Reader(bytes, MAGIC.length);
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const body = reader.sub(reader.u32());
    if (id === 0) continue;
    if (sections.has(id)) throw invalid('it has a section twice');
    sections.set(id, { start, body, end: reader.at });
  }
  return sections;
}

function list<T>(section: Section | undefined, read: (reader: Reader) => T): T[] {
  if (!section) return [];
  return many(section.body, read);
}

function many<T>(reader: Reader, read: (reader: Reader) => T): T[] {
  const count = reader.u32();
  if (count > BOUNDS.WASM_SECTION_ITEMS_MAX) throw invalid('a section of it is too long');
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(read(reader));
  return items;
}

function functionType(reader: Reader): FunctionType {
  if (reader.byte() !== FUNCTION_TYPE) throw invalid('it uses garbage-collected types');
  return { params: many(reader, valueType), results: many(reader, valueType) };
}

function valueType(reader: Reader): ValueType {
  const byte = reader.byte();
  // A typed reference (0x63, 0x64) is followed by the type it refers to.
  if (byte === 0x63 || byte === 0x64) reader.u32();
  return VALUE_TYPES[byte] ?? 'other';
}

function importEntry(
  reader: Reader,
  types: readonly FunctionType[],
  functions: (FunctionType | undefined)[],
): WasmImport {
  const module = reader.name();
  const name = reader.name();
  const kind = reader.byte();
  if (kind !== 0) throw invalid(`it imports ${module}.${name}, which a volunteer does not provide`);
  const type = types[reader.u32()];
  functions.push(type);
  return { module, name, type };
}

function memoryType(reader: Reader): MemoryType {
  const flags = reader.byte();
  const pagesMin = reader.u32();
  const pagesMax = flags & 1 ? reader.u32() : undefined;
  return { pagesMin, pagesMax, shared: (flags & 2) !== 0, wide: (flags & ~3) !== 0 };
}

function exportsOf(
  section: Section | undefined,
  functions: readonly (FunctionType | undefined)[],
): Pick<WasmShape, 'functions' | 'memoryExports'> {
  const named = new Map<string, FunctionType>();
  const memoryExports = new Set<string>();
  list(section, (reader) => {
    const name = reader.name();
    const kind = reader.byte();
    const type = functions[reader.u32()];
    if (kind === 0 && type) named.set(name, type);
    if (kind === 2) memoryExports.add(name);
  });
  return { functions: named, memoryExports };
}
