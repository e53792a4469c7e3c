import type { ReactNode } from 'react';
import { ErrorNotice } from '../../components/notice.tsx';
import type { DraftField, JobDraft } from '../../model/job-form.ts';
import { InputsField } from './inputs-field.tsx';
import { OptionsField, TextField } from './options-field.tsx';
import { ScriptField } from './script-field.tsx';
import { SourceField } from './source-field.tsx';
import { TrialPanel } from './trial-panel.tsx';
import { useDraft } from './use-draft.ts';
import { WasmField } from './wasm-field.tsx';
import './new-job-page.css';

const EXPORTS = { js: 'default', ts: 'default', python: 'main', wasm: '' } as const;

/** Code, inputs, options, run. */
export default function NewJobPage(): ReactNode {
  const { draft, change, problem, refuse, busy, run, trial } = useDraft();
  const problemOf = (field: DraftField) =>
    problem?.field === field ? problem.error.message : undefined;
  const props = { draft, change, refuse, problemOf };
  const chooseLanguage = (language: JobDraft['language']) =>
    change({ language, exportName: EXPORTS[language] });
  return (
    <form
      className="page"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <h1>New job</h1>
      <div className="new-job">
        <div className="stack">
          <div className="choices">
            <LanguageChoice value="js" title="JavaScript" draft={draft} choose={chooseLanguage} />
            <LanguageChoice value="ts" title="TypeScript" draft={draft} choose={chooseLanguage} />
            <LanguageChoice value="python" title="Python" draft={draft} choose={chooseLanguage} />
            <LanguageChoice
              value="wasm"
              title="WASM or WASI"
              draft={draft}
              choose={chooseLanguage}
            />
          </div>
          {draft.language === 'js' || draft.language === 'ts' ? (
            <>
              <SourceField
                language={draft.language}
                label="Source of the task"
                source={draft.source}
                onChange={(source) => change({ source })}
                error={problem?.field === 'source' ? problem.error : undefined}
              />
              <TextField
                {...props}
                field="exportName"
                title="Exported function"
                hint="Called as (input, ctx) once for every input."
              />
            </>
          ) : draft.language === 'python' ? (
            <ScriptField {...props} problem={problem} />
          ) : (
            <WasmField {...props} />
          )}
        </div>
        <div className="stack">
          <InputsField {...props} />
          <OptionsField {...props} />
          {problem && problem.field === undefined ? <ErrorNotice error={problem.error} /> : null}
          <button type="button" disabled={busy || trial.running} onClick={trial.start}>
            {trial.running ? 'Trying…' : 'Try three tasks first'}
          </button>
          {trial.running ? (
            <button type="button" onClick={trial.stop}>
              Stop trying
            </button>
          ) : null}
          {trial.estimate ? <TrialPanel estimate={trial.estimate} where={trial.where} /> : null}
          <button type="submit" className="primary run" disabled={busy}>
            {busy ? 'Submitting…' : 'Run on the grid'}
          </button>
        </div>
      </div>
    </form>
  );
}

interface LanguageChoiceProps {
  readonly value: JobDraft['language'];
  readonly title: string;
  readonly draft: JobDraft;
  readonly choose: (language: JobDraft['language']) => void;
}

function LanguageChoice({ value, title, draft, choose }: LanguageChoiceProps): ReactNode {
  return (
    <label className="choice">
      <input
        type="radio"
        name="language"
        checked={draft.language === value}
        onChange={() => choose(value)}
      />
      {title}
    </label>
  );
}
