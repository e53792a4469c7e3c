/** Of the package `pyodide`; the server has its files in a folder of that name, so that they may be kept for ever. */
export const PYTHON_VERSION = '314.0.7';

export const PYTHON_FOLDER = `assets/python-${PYTHON_VERSION}`;

/** By their place in PythonFiles. */
export const PYTHON_NAMES = {
  pyodide: 'pyodide.mjs',
  asm: 'pyodide.asm.mjs',
  wasm: 'pyodide.asm.wasm',
  stdlib: 'python_stdlib.zip',
} as const;
