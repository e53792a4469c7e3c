import type { GridError } from '@manytabs/protocol';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { ErrorNotice } from '../../components/notice.tsx';
import { errorLine, freeNames, namePositions } from '../../model/free-names.ts';
import './source-field.css';

const CodeEditor = lazy(() => import('./code-editor.tsx'));

interface SourceFieldProps {
  readonly language: 'js' | 'ts' | 'python';
  readonly label: string;
  readonly source: string;
  readonly onChange: (source: string) => void;
  /** What the grid's own check of the source found. */
  readonly error: GridError | undefined;
}

/** The task's source, with what is wrong with it right below. A plain text field until the editor is loaded. */
export function SourceField({
  language,
  label,
  source,
  onChange,
  error,
}: SourceFieldProps): ReactNode {
  // The places are those of the refused text: while it is edited, the editor moves them along.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  const marks = useMemo(() => (error ? placesOf(error, source) : []), [error]);
  const plain = (
    <textarea
      className="editor-plain mono"
      aria-label={label}
      spellCheck={false}
      value={source}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
  return (
    <div className="stack">
      <div className="editor-box">
        <Suspense fallback={plain}>
          <CodeEditor
            key={language}
            language={language}
            label={label}
            value={source}
            onChange={onChange}
            marks={marks}
          />
        </Suspense>
      </div>
      {error ? <SourceError error={error} /> : null}
    </div>
  );
}

function placesOf(error: GridError, source: string) {
  const line = errorLine(error);
  if (line === undefined) return namePositions(source, freeNames(error));
  const from = source.split('\n', line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const end = source.indexOf('\n', from);
  return [{ from, to: end < 0 ? source.length : end }];
}

function SourceError({ error }: { readonly error: GridError }): ReactNode {
  const names = freeNames(error);
  if (names.length === 0) return <ErrorNotice error={error} />;
  return (
    <div className="free-names" role="alert">
      <p>
        <strong>Not defined in the task:</strong>{' '}
        {names.map((name) => (
          <code key={name} className="free-name">
            {name}
          </code>
        ))}
      </p>
      <p>
        A task runs in somebody else’s tab and takes nothing along. Define{' '}
        {names.length === 1 ? 'it' : 'them'} inside the source, or pass{' '}
        {names.length === 1 ? 'it' : 'them'} as arguments and read <code>ctx.args</code>.
      </p>
    </div>
  );
}
