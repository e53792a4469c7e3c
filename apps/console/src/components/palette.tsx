import { Command } from 'cmdk';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../app/session-context.ts';
import { useKnown } from '../live/use-known.ts';
import { type PaletteEntry, paletteEntries } from '../model/palette-entries.ts';
import { Sheet } from './sheet.tsx';
import './palette.css';

interface PaletteProps {
  readonly onClose: () => void;
  readonly onSheet: (sheet: 'keys' | 'invite') => void;
}

const GROUPS = ['Pages', 'Jobs', 'Files', 'Actions'] as const;

/** Every page, job, file and action, by a few letters. */
export default function Palette({ onClose, onSheet }: PaletteProps): ReactNode {
  const { jobs } = useSession();
  const known = useKnown(jobs).value;
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  // A dialog that opens focuses its first button.
  useEffect(() => input.current?.focus(), []);
  const wanted = useDeferredValue(typed);
  const entries = useMemo(() => paletteEntries(wanted, known ?? []), [wanted, known]);
  const [selected, setSelected] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: jobs that come and go leave the selection where it is.
  useEffect(() => setSelected(idOf(entries[0])), [wanted]);
  const choose = ({ to }: PaletteEntry) => {
    onClose();
    if ('sheet' in to) onSheet(to.sheet);
    else location.hash = to.href;
  };
  return (
    <Sheet title="Go to anything" onClose={onClose}>
      <Command
        label="Go to anything"
        shouldFilter={false}
        className="palette"
        value={selected}
        onValueChange={setSelected}
      >
        <Command.Input
          ref={input}
          placeholder="A page, a job, state:failed, or /a/path"
          maxLength={500}
          value={typed}
          onValueChange={setTyped}
        />
        <Command.List className="palette-list">
          <Command.Empty className="quiet">Nothing is called that.</Command.Empty>
          {GROUPS.map((group) => (
            <Group key={group} group={group} entries={entries} choose={choose} />
          ))}
        </Command.List>
      </Command>
    </Sheet>
  );
}

interface GroupProps {
  readonly group: PaletteEntry['group'];
  readonly entries: readonly PaletteEntry[];
  readonly choose: (entry: PaletteEntry) => void;
}

function Group({ group, entries, choose }: GroupProps): ReactNode {
  const own = entries.filter((entry) => entry.group === group);
  if (own.length === 0) return null;
  return (
    <Command.Group heading={group}>
      {own.map((entry) => {
        const id = idOf(entry);
        return (
          <Command.Item key={id} value={id} onSelect={() => choose(entry)}>
            <span className="clip">{entry.title}</span>
            <span className="quiet">{entry.hint}</span>
          </Command.Item>
        );
      })}
    </Command.Group>
  );
}

function idOf(entry: PaletteEntry | undefined): string {
  if (!entry) return '';
  return 'href' in entry.to ? entry.to.href : entry.to.sheet;
}
