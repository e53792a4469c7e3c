import type { Tokens } from 'manytabs/host';

export const EMBED_PATH = '/embed.html';

/** What a site key says about the page that other sites frame. */
export type EmbedPermit =
  | { readonly origins: readonly string[] }
  | { readonly code: string; readonly message: string };

/** The sites that may frame `/embed.html?sitekey=…`, or why none may. */
export function embedPermit(tokens: Tokens, url: string): EmbedPermit {
  const query = url.split('?')[1] ?? '';
  const key = new URLSearchParams(query).get('sitekey') ?? '';
  try {
    const grant = tokens.check(key);
    if (grant.scope === 'embed') return { origins: grant.origins ?? [] };
    return {
      code: 'token-refused',
      message: 'This is a token, not a site key. Never show it in a page.',
    };
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message?: string };
    return { code: code ?? 'token-refused', message: message ?? 'The site key is not valid.' };
  }
}
