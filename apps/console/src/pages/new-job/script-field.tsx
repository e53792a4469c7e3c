import type { ReactNode } from 'react';
import type { DraftProps } from './inputs-field.tsx';
import { TextField } from './options-field.tsx';
import { SourceField } from './source-field.tsx';
import type { Problem } from './use-draft.ts';

interface ScriptFieldProps extends DraftProps {
  readonly problem: Problem | undefined;
}

/** A Python script and which of its functions to call. */
export function ScriptField({ problem, ...props }: ScriptFieldProps): ReactNode {
  const { draft, change } = props;
  return (
    <>
      <SourceField
        language="python"
        label="Script"
        source={draft.script}
        onChange={(script) => change({ script })}
        error={problem?.field === 'script' ? problem.error : undefined}
      />
      <p className="quiet">With the standard library of Python.</p>
      <TextField
        {...props}
        field="exportName"
        title="Function"
        hint="Called as (input, ctx) once for every input."
      />
    </>
  );
}
