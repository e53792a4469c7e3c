import { type DragEvent, type ReactNode, useState } from 'react';
import './file-drop.css';

interface FileDropProps {
  readonly id: string;
  readonly accept: string;
  readonly onFile: (file: File) => void;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

/** A file chooser that files can be dropped on. */
export function FileDrop({ onFile, ...input }: FileDropProps): ReactNode {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the file input inside does the same by keyboard.
    <div
      className={over ? 'file-drop file-over' : 'file-drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        {...input}
        type="file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
        }}
      />
      <span className="quiet">or drop it here</span>
    </div>
  );
}
