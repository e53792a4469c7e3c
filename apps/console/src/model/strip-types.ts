import { GridError } from '@manytabs/protocol';
import type { JobDraft } from './job-form.ts';

/**
 * The draft with its TypeScript as JavaScript, line by line where it was. Types are taken off and not checked.
 * @throws {GridError} `syntax-error`, ending in `(line:column)`
 */
export async function withoutTypes(draft: JobDraft): Promise<JobDraft> {
  if (draft.language !== 'ts') return draft;
  return { ...draft, language: 'js', source: await stripTypes(draft.source) };
}

async function stripTypes(source: string): Promise<string> {
  const { transform } = await import('sucrase');
  try {
    return transform(source, { transforms: ['typescript'], disableESTransforms: true }).code;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/ \(\d+:\d+\)$/, '') : String(cause);
    const place = placeText(source, await firstError(source));
    throw new GridError('syntax-error', `This is no TypeScript: ${why} (${place})`);
  }
}

/** Where the editor's own parser stumbles: the other one goes back to the beginning of a function and gives up there. */
async function firstError(source: string): Promise<number> {
  const { typescriptLanguage } = await import('@codemirror/lang-javascript');
  let at: number | undefined;
  typescriptLanguage.parser.parse(source).iterate({
    enter: ({ type, from }) => {
      if (type.isError) at ??= from;
      return at === undefined;
    },
  });
  return at ?? 0;
}

function placeText(source: string, at: number): string {
  const lines = source.slice(0, at).split('\n');
  return `${lines.length}:${lines.at(-1)?.length ?? 0}`;
}
