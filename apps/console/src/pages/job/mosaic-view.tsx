import { type ReactNode, useEffect, useRef } from 'react';
import type { Mosaic } from '../../live/mosaic.ts';
import './mosaic-view.css';

interface MosaicViewProps {
  readonly mosaic: Mosaic;
  readonly name: string;
}

/** The picture as far as it is drawn. Its canvas belongs to the mosaic and is only hung up here. */
export function MosaicView({ mosaic, name }: MosaicViewProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    frame.current?.replaceChildren(mosaic.canvas);
  }, [mosaic]);
  const { width, height } = mosaic.canvas;
  return (
    <figure className="mosaic">
      <div
        ref={frame}
        className="mosaic-frame"
        role="img"
        aria-label={`The picture of ${name}, ${mosaic.drawn} tiles drawn`}
        style={{ aspectRatio: `${width} / ${height}` }}
      />
      <figcaption className="quiet">
        {mosaic.drawn.toLocaleString('en-US')} tiles drawn, each once its result was final
      </figcaption>
    </figure>
  );
}
