import { type DragEvent, type ReactNode, useState } from 'react';
import './file-drop.css';

interface FileDropProps {
  readonly id: string;
  readonly accept: string;
  readonly onFile?: ((file: File) => void) | undefined;
  /** Takes several at once. */
  readonly onFiles?: ((files: readonly File[]) => void) | undefined;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

/** A file chooser that files can be dropped on. */
export function FileDrop({ onFile, onFiles, ...input }: FileDropProps): ReactNode {
  const [over, setOver] = useState(false);
  const take = (files: readonly File[]) => {
    const [first] = files;
    if (!first) return;
    onFile?.(first);
    onFiles?.(files);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
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
        multiple={onFiles !== undefined}
        onChange={(event) => take([...(event.currentTarget.files ?? [])])}
      />
      <span className="quiet">or drop it here</span>
    </div>
  );
}
