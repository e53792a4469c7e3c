import type { FileEntry } from '@manytabs/protocol';
import { type ReactNode, useState } from 'react';
import { routeHref } from '../../app/route.ts';
import { useSession } from '../../app/session-context.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { Sheet } from '../../components/sheet.tsx';
import { bytesText, countText } from '../../model/duration.ts';
import { joinPath, literalPattern, nameOf } from '../../model/file-path.ts';
import { visible } from '../../model/value-text.ts';
import { prepareDraft } from '../new-job/use-draft.ts';
import { useFileCall } from './use-file-call.ts';

interface SelectionBarProps {
  readonly folder: string;
  readonly selected: readonly FileEntry[];
  readonly onDone: () => void;
}

type Question = 'move' | 'remove' | 'folder' | undefined;

/** What can be done with the chosen names; deleting asks first. */
export function SelectionBar({ folder, selected, onDone }: SelectionBarProps): ReactNode {
  const [question, setQuestion] = useState<Question>();
  const none = selected.length === 0;
  const close = () => setQuestion(undefined);
  const done = () => {
    close();
    onDone();
  };
  const bytes = selected.reduce((sum, entry) => sum + entry.bytes, 0);
  return (
    <section className="row selection-bar" aria-label="Actions">
      <button type="button" disabled={none} onClick={() => runOver(selected)}>
        Run over the selection
      </button>
      <button type="button" disabled={none} onClick={() => setQuestion('move')}>
        Move or rename
      </button>
      <button
        type="button"
        className="danger"
        disabled={none}
        onClick={() => setQuestion('remove')}
      >
        Delete
      </button>
      <button type="button" onClick={() => setQuestion('folder')}>
        New folder
      </button>
      <span className="quiet">
        {none
          ? 'Nothing is selected.'
          : `${countText(selected.length)} selected, ${bytesText(bytes)}`}
      </span>
      {question === 'remove' ? <Remove selected={selected} onClose={close} onDone={done} /> : null}
      {question === 'move' ? <Move selected={selected} onClose={close} onDone={done} /> : null}
      {question === 'folder' ? <NewFolder folder={folder} onClose={close} onDone={done} /> : null}
    </section>
  );
}

/** A job with a task for each chosen file, and each file below a chosen folder. */
function runOver(selected: readonly FileEntry[]): void {
  const paths = selected.map(({ path, kind }) =>
    kind === 'folder' ? `${literalPattern(path)}/**` : literalPattern(path),
  );
  prepareDraft({ inputs: 'grid', paths: paths.join('\n') });
  location.hash = routeHref({ page: 'new' });
}

interface QuestionProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

interface SelectedProps extends QuestionProps {
  readonly selected: readonly FileEntry[];
}

function Remove({ selected, onClose, onDone }: SelectedProps): ReactNode {
  const { files } = useSession().grid;
  const call = useFileCall();
  const remove = () =>
    call.run(async (signal) => {
      for (const { path, kind } of selected) {
        await files.remove(path, { signal, recursive: kind === 'folder' });
      }
      onDone();
    });
  return (
    <Sheet title={`Delete ${whatOf(selected)}?`} onClose={onClose}>
      <p>All copies go. Folders go with everything below them. This cannot be undone.</p>
      {call.error ? <ErrorNotice error={call.error} /> : null}
      <div className="row">
        <button type="button" className="danger" disabled={call.busy} onClick={remove}>
          {call.busy ? 'Deleting…' : 'Delete for good'}
        </button>
        <button type="button" onClick={onClose}>
          Keep
        </button>
      </div>
    </Sheet>
  );
}

function Move({ selected, onClose, onDone }: SelectedProps): ReactNode {
  const { files } = useSession().grid;
  const [only] = selected;
  const isOne = selected.length === 1;
  const move = async (to: string, signal: AbortSignal) => {
    for (const { path } of selected) {
      await files.move(path, isOne ? to : joinPath(to, nameOf(path)), { signal });
    }
    onDone();
  };
  return (
    <PathQuestion
      title={`Move ${whatOf(selected)}`}
      label={isOne ? 'New path' : 'Into the folder'}
      start={isOne ? (only?.path ?? '/') : '/'}
      verb="Move"
      onPath={move}
      onClose={onClose}
    />
  );
}

function NewFolder({ folder, onClose, onDone }: QuestionProps & { readonly folder: string }) {
  const { files } = useSession().grid;
  const make = async (path: string, signal: AbortSignal) => {
    await files.makeFolder(path, { signal });
    onDone();
  };
  return (
    <PathQuestion
      title="New folder"
      label="Path"
      start={joinPath(folder, 'new')}
      verb="Make it"
      onPath={make}
      onClose={onClose}
    />
  );
}

interface PathQuestionProps {
  readonly title: string;
  readonly label: string;
  readonly start: string;
  readonly verb: string;
  readonly onPath: (path: string, signal: AbortSignal) => Promise<void>;
  readonly onClose: () => void;
}

function PathQuestion(props: PathQuestionProps): ReactNode {
  const [path, setPath] = useState(props.start);
  const call = useFileCall();
  return (
    <Sheet title={props.title} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          call.run((signal) => props.onPath(path, signal));
        }}
      >
        <label className="stack">
          {props.label}
          <input value={path} onChange={(event) => setPath(event.currentTarget.value)} />
        </label>
        {call.error ? <ErrorNotice error={call.error} /> : null}
        <button type="submit" className="primary" disabled={call.busy}>
          {props.verb}
        </button>
      </form>
    </Sheet>
  );
}

function whatOf(selected: readonly FileEntry[]): string {
  const [only] = selected;
  if (selected.length === 1 && only) return visible(nameOf(only.path));
  return `${countText(selected.length)} names`;
}
