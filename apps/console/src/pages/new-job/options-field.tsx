import type { ReactNode } from 'react';
import type { DraftField, JobDraft } from '../../model/job-form.ts';
import { Field } from './field.tsx';
import type { DraftProps } from './inputs-field.tsx';

const TRUSTS: readonly (readonly [JobDraft['trust'], string])[] = [
  ['none', 'None: one result is final'],
  ['draft', 'Draft: wrong at most 1 in 100'],
  ['standard', 'Standard: wrong at most 1 in 1,000'],
  ['strict', 'Strict: wrong at most 1 in 100,000'],
  ['quorum', 'A quorum of my own'],
];

const TRUST_HINTS: Readonly<Record<JobDraft['trust'], string>> = {
  none: 'Whatever the first volunteer says.',
  draft: 'Two at first; one of a volunteer with 5 checked results can be enough.',
  standard: 'Two at first; one of a volunteer with 50 checked results can be enough.',
  strict: 'Three at first, never one alone.',
  quorum: 'So many equal results, whoever they are from.',
};

const DETERMINISMS: readonly (readonly [JobDraft['determinism'], string])[] = [
  ['default', 'Usual: Math and dates alike'],
  ['strict-js', 'JavaScript: clocks stopped too'],
  ['strict-wasm', 'WASM: nothing engines may choose'],
  ['class', 'The engine’s own Math, for crowds of one browser'],
  ['tolerant', 'WASM: engines may choose'],
];

/** How the job runs; all have a default. */
export function OptionsField(props: DraftProps): ReactNode {
  const { draft, change, problemOf } = props;
  return (
    <fieldset className="form-group">
      <legend>How to run it</legend>
      <TextField {...props} field="name" title="Name" hint="Volunteers see it too." />
      <Field title="Trust" hint={TRUST_HINTS[draft.trust]}>
        {(control) => (
          <select
            {...control}
            value={draft.trust}
            onChange={(event) => change({ trust: event.currentTarget.value as JobDraft['trust'] })}
          >
            {TRUSTS.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.trust === 'quorum' ? (
        <TextField {...props} field="quorum" title="Agreeing results" numeric />
      ) : null}
      <Field
        title="Determinism"
        hint="How much browsers may differ."
        problem={problemOf('determinism')}
      >
        {(control) => (
          <select
            {...control}
            value={draft.determinism}
            onChange={(event) =>
              change({ determinism: event.currentTarget.value as JobDraft['determinism'] })
            }
          >
            {DETERMINISMS.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="field-pair">
        <TextField {...props} field="priority" title="Priority" hint="0 to 9" numeric />
        <TextField {...props} field="retries" title="Retries" hint="per task" numeric />
        <TextField
          {...props}
          field="timeoutSeconds"
          title="Time limit"
          hint="seconds a task"
          numeric
        />
      </div>
      <Field title="Arguments" hint="JSON; tasks read ctx.args" problem={problemOf('args')}>
        {(control) => (
          <textarea
            {...control}
            className="mono"
            rows={2}
            spellCheck={false}
            value={draft.args}
            onChange={(event) => change({ args: event.currentTarget.value })}
          />
        )}
      </Field>
    </fieldset>
  );
}

type TextFieldName = Extract<
  DraftField,
  'name' | 'quorum' | 'priority' | 'retries' | 'timeoutSeconds' | 'exportName'
>;

interface TextFieldProps extends DraftProps {
  readonly field: TextFieldName;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly numeric?: boolean | undefined;
}

/** A line of text of the draft. */
export function TextField(props: TextFieldProps): ReactNode {
  const { draft, change, problemOf, field, title, hint, numeric } = props;
  return (
    <Field title={title} hint={hint} problem={problemOf(field)}>
      {(control) => (
        <input
          {...control}
          inputMode={numeric ? 'numeric' : 'text'}
          value={draft[field]}
          onChange={(event) => change({ [field]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}
