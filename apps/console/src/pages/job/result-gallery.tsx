import type { JobView } from '@manytabs/protocol';
import type { TaskResult } from 'manytabs';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { Empty } from '../../components/empty.tsx';
import { rowOf } from '../../live/result-ring.ts';
import { countText } from '../../model/duration.ts';
import { pictureOf, type ResultPicture } from '../../model/result-picture.ts';
import { trustText } from './results-table.tsx';
import './result-gallery.css';
import { TaskLink } from './task-link.tsx';

interface ResultGalleryProps {
  readonly rows: readonly TaskResult<unknown>[];
  readonly view: JobView;
  readonly onTask: (index: number) => void;
}

/** Results that are pictures, each with its trust. */
export function ResultGallery({ rows, view, onTask }: ResultGalleryProps): ReactNode {
  const pictures = useMemo(
    () =>
      rows.flatMap((result) => {
        if (result.status === 'rejected') return [];
        const picture = pictureOf(result.value, result.index, view.view);
        return picture ? [{ result, picture }] : [];
      }),
    [rows, view.view],
  );
  if (pictures.length === 0) {
    return (
      <Empty title="No picture on this page.">
        PNG, JPEG, GIF and WebP files are pictures, and {'{width, height, rgba}'}.
      </Empty>
    );
  }
  return (
    <ul className="gallery">
      {pictures.map(({ result, picture }) => (
        <li key={result.index}>
          <Picture picture={picture} name={`Result of task ${countText(result.index)}`} />
          <div className="gallery-facts">
            <TaskLink index={result.index} onTask={onTask} />
            <span className="quiet clip">● final, {trustText(rowOf(result))}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

interface PictureProps {
  readonly picture: ResultPicture;
  readonly name: string;
}

function Picture({ picture, name }: PictureProps): ReactNode {
  return picture.kind === 'file' ? (
    <FilePicture bytes={picture.bytes} type={picture.type} name={name} />
  ) : (
    <Pixels picture={picture} name={name} />
  );
}

function FilePicture(props: {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly name: string;
}): ReactNode {
  const { bytes, type, name } = props;
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url ? <img src={url} alt={name} loading="lazy" decoding="async" /> : null;
}

function Pixels(props: {
  readonly picture: Extract<ResultPicture, { kind: 'pixels' }>;
  readonly name: string;
}): ReactNode {
  const { picture, name } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { rgba, width, height } = picture;
    const pixels = new ImageData(new Uint8ClampedArray(rgba), width, height);
    canvas.current?.getContext('2d')?.putImageData(pixels, 0, 0);
  }, [picture]);
  return (
    <canvas
      ref={canvas}
      width={picture.width}
      height={picture.height}
      role="img"
      aria-label={name}
    />
  );
}
