import { type ReactNode, useState } from 'react';
import { SHORTCUTS, setSingleKeys, singleKeysOn } from '../app/shortcuts.ts';
import { Sheet } from './sheet.tsx';
import './keyboard-sheet.css';

export function KeyboardSheet({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [on, setOn] = useState(singleKeysOn);
  return (
    <Sheet title="Keyboard shortcuts" onClose={onClose}>
      <dl className="keys">
        {SHORTCUTS.map(([keys, , does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="row">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setSingleKeys(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
        Single-key shortcuts
      </label>
    </Sheet>
  );
}
