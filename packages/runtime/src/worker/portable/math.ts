type Binary = (x: number, y: number) => number;

/** What assembly/libm.ts exports: every function whose last bits the language leaves to the engine, but for hypot. */
export type Libm = Readonly<Record<string, Binary>>;

/** Instantiates the module of assembly/libm.ts, which imports nothing. */
export function loadLibm(bytes: Uint8Array<ArrayBuffer>): Libm {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Libm;
}

/** From now on `math` gives the same bits in every browser. */
export function installMath(math: Math, libm: Libm): void {
  const { abs, max, sqrt } = math;
  const functions: Record<string, unknown> = { ...libm };
  functions.hypot = (...values: number[]) => {
    const sizes = values.map((value) => abs(value));
    if (sizes.includes(Infinity)) return Infinity;
    const largest = max(0, ...sizes);
    if (largest === 0) return 0;
    return sqrt(sizes.reduce((sum, size) => sum + (size / largest) ** 2, 0)) * largest;
  };
  for (const [name, value] of Object.entries(functions)) {
    if (typeof value !== 'function') continue;
    Object.defineProperty(math, name, { value, writable: true, configurable: true });
  }
}
