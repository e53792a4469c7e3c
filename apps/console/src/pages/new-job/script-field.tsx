import type { ReactNode } from 'react';
import { Field } from './field.tsx';
import type { DraftProps } from './inputs-field.tsx';
import { TextField } from './options-field.tsx';

/** A Python script and which of its functions to call. */
export function ScriptField(props: DraftProps): ReactNode {
  const { draft, change, problemOf } = props;
  return (
    <>
      <Field title="Script" hint="With the standard library." problem={problemOf('script')}>
        {(control) => (
          <textarea
            {...control}
            className="mono script"
            rows={16}
            spellCheck={false}
            value={draft.script}
            onChange={(event) => change({ script: event.currentTarget.value })}
          />
        )}
      </Field>
      <TextField
        {...props}
        field="exportName"
        title="Function"
        hint="Called as (input, ctx) once for every input."
      />
    </>
  );
}
