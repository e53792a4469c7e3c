import type { Speaker } from '../words/speaker.ts';
import type { EmbedOptions } from './embed-options.ts';
import type { EmbedKey } from './words/en.ts';

/** The look and the language that the site, or the visitor's browser, asks for. */
export function dress(options: EmbedOptions, speaker: Speaker<EmbedKey>): void {
  const root = document.documentElement;
  root.lang = speaker.language;
  root.dir = speaker.direction;
  root.dataset.size = options.size;
  if (options.theme !== 'auto') root.dataset.theme = options.theme;
}
