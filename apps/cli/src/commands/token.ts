import { GridError } from '@manytabs/protocol';

/** `manytabs token …`: a grid of this version has the one token that `manytabs up` prints. */
export async function token(action: 'create' | 'list' | 'revoke'): Promise<never> {
  const message = `This grid cannot ${action} tokens yet; it has the one that \`manytabs up\` prints.`;
  throw new GridError('usage', message);
}
