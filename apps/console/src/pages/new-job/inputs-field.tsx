import { toGridError } from '@manytabs/protocol';
import { type ReactNode, useMemo } from 'react';
import { FileDrop } from '../../components/file-drop.tsx';
import { countText } from '../../model/duration.ts';
import { readInputFile } from '../../model/input-file.ts';
import type { DraftField, JobDraft } from '../../model/job-form.ts';
import { gridSize, parseGrid } from '../../model/parameter-grid.ts';
import { Field } from './field.tsx';

export interface DraftProps {
  readonly draft: JobDraft;
  readonly change: (part: Partial<JobDraft>) => void;
  readonly refuse: (field: DraftField, thrown: unknown) => void;
  /** What is wrong with a field, if anything. */
  readonly problemOf: (field: DraftField) => string | undefined;
}

const KINDS = [
  ['range', 'Range'],
  ['list', 'List'],
  ['params', 'Parameters'],
  ['file', 'File'],
  ['grid', 'Grid files'],
] as const;

/** Where the inputs come from: a range, lines of JSON, all combinations of parameters, a file, or files of the grid. */
export function InputsField(props: DraftProps): ReactNode {
  const { draft, change } = props;
  return (
    <fieldset className="form-group">
      <legend>Inputs</legend>
      <div className="choices">
        {KINDS.map(([kind, title]) => (
          <label key={kind} className="choice">
            <input
              type="radio"
              name="inputs"
              checked={draft.inputs === kind}
              onChange={() => change({ inputs: kind })}
            />
            {title}
          </label>
        ))}
      </div>
      {draft.inputs === 'range' ? <RangeFields {...props} /> : null}
      {draft.inputs === 'list' ? <ListField {...props} /> : null}
      {draft.inputs === 'params' ? <ParametersField {...props} /> : null}
      {draft.inputs === 'grid' ? <PathsField {...props} /> : null}
      {draft.inputs === 'file' ? <FileField {...props} /> : null}
    </fieldset>
  );
}

function RangeFields({ draft, change, problemOf }: DraftProps): ReactNode {
  return (
    <div className="field-pair">
      <Field title="From" problem={problemOf('from')}>
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            value={draft.from}
            onChange={(event) => change({ from: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field title="To" hint="not included" problem={problemOf('to')}>
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            value={draft.to}
            onChange={(event) => change({ to: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}

function ListField({ draft, change, problemOf }: DraftProps): ReactNode {
  return (
    <Field title="One JSON value a line" problem={problemOf('list')}>
      {(control) => (
        <textarea
          {...control}
          className="mono list-input"
          rows={6}
          spellCheck={false}
          placeholder={'{"beta": 0.2}\n{"beta": 0.3}'}
          value={draft.list}
          onChange={(event) => change({ list: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

function ParametersField({ draft, change, problemOf }: DraftProps): ReactNode {
  const size = useMemo(() => sizeText(draft.params), [draft.params]);
  return (
    <Field title="One parameter a line" hint={size} problem={problemOf('params')}>
      {(control) => (
        <textarea
          {...control}
          className="mono list-input"
          rows={5}
          spellCheck={false}
          placeholder={'beta: 0.1, 0.2\ngamma: linspace(0, 1, 11)'}
          value={draft.params}
          onChange={(event) => change({ params: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

/** `9 × 2 = 18 tasks`, or what is wrong. */
function sizeText(params: string): string {
  try {
    const grid = parseGrid(params);
    const product = grid.map(({ values }) => countText(values.length)).join(' × ');
    const sum = grid.length > 1 ? `${product} = ` : '';
    return `${sum}${countText(gridSize(grid))} tasks, each with all parameters as its input`;
  } catch (thrown) {
    return toGridError(thrown, 'input-invalid').message;
  }
}

function PathsField({ draft, change, problemOf }: DraftProps): ReactNode {
  const hint = 'A task for each file; the code reads it with ctx.files.read(input.path).';
  return (
    <Field title="One path or pattern a line" hint={hint} problem={problemOf('paths')}>
      {(control) => (
        <textarea
          {...control}
          className="mono list-input"
          rows={4}
          spellCheck={false}
          placeholder="/photos/*.jpg"
          value={draft.paths}
          onChange={(event) => change({ paths: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

function FileField({ draft, change, refuse, problemOf }: DraftProps): ReactNode {
  const read = (file: File) => {
    readInputFile(file).then(
      (rows) => change({ file: { name: file.name, rows } }),
      (thrown) => {
        change({ file: undefined });
        refuse('file', thrown);
      },
    );
  };
  const { file } = draft;
  const hint = file
    ? `${file.name}: ${countText(file.rows.length)} rows`
    : 'A header names the columns of a CSV.';
  return (
    <Field title="CSV or NDJSON file" hint={hint} problem={problemOf('file')}>
      {(control) => <FileDrop {...control} accept=".csv,.ndjson,.jsonl,.json" onFile={read} />}
    </Field>
  );
}
