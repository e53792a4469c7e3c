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
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('syntax-error', `This is no TypeScript: ${why}`);
  }
}
