import { GridError, LIMITS } from '@manytabs/protocol';
import type { ReactNode } from 'react';
import { FileDrop } from '../../components/file-drop.tsx';
import { bytesText } from '../../model/duration.ts';
import { wasmExports } from '../../model/wasm-exports.ts';
import { Field } from './field.tsx';
import type { DraftProps } from './inputs-field.tsx';

/** A WASM module and which of its functions to call. */
export function WasmField({ draft, change, refuse, problemOf }: DraftProps): ReactNode {
  const read = (file: File) => {
    readModule(file).then(
      ({ bytes, names }) =>
        change({ wasm: { name: file.name, bytes }, exportName: names[0] ?? '' }),
      (thrown) => {
        change({ wasm: undefined });
        refuse('wasm', thrown);
      },
    );
  };
  const { wasm } = draft;
  const names = wasm ? wasmExports(wasm.bytes) : [];
  return (
    <div className="card stack wasm">
      <Field
        title="WASM module"
        hint={wasm ? `${wasm.name}, ${bytesText(wasm.bytes.length)}` : undefined}
        problem={problemOf('wasm')}
      >
        {(control) => <FileDrop {...control} accept=".wasm,application/wasm" onFile={read} />}
      </Field>
      {names.length > 0 ? (
        <Field title="Function to call" problem={problemOf('exportName')}>
          {(control) => (
            <select
              {...control}
              value={draft.exportName}
              onChange={(event) => change({ exportName: event.currentTarget.value })}
            >
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      ) : null}
    </div>
  );
}

async function readModule(file: File): Promise<{ bytes: Uint8Array; names: readonly string[] }> {
  if (file.size > LIMITS.MODULE_BYTES_MAX) {
    const max = bytesText(LIMITS.MODULE_BYTES_MAX);
    throw new GridError('wasm-invalid', `${file.name} is over ${max}.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const names = wasmExports(bytes);
  if (names.length === 0) {
    throw new GridError('wasm-invalid', `${file.name} exports no function.`);
  }
  return { bytes, names };
}
