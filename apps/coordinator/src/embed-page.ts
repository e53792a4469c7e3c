import { type ErrorCode, toGridError } from '@manytabs/protocol';
import type { Tokens } from 'manytabs/host';

export const EMBED_PATH = '/embed.html';

/** What a site key says about the page that other sites frame. */
export type EmbedPermit = { readonly id: string; readonly origins: readonly string[] } | Refusal;

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the frame's own page is asked for, where it only tells why nothing runs in it. */
const TOLD = 'refused';

/**
 * In a page that may not have it, the frame tells the reason in words; it can run nothing, so that any page may show it.
 * Who does not ask from within a page (`Sec-Fetch-Dest`) is answered by the code alone.
 */
export function isTelling(url: string): boolean {
  return new URLSearchParams(url.split('?')[1] ?? '').has(TOLD);
}

/** Where a frame is sent that is refused, with the look it asked for. */
export function tellingAddress(url: string, code: string): string {
  const asked = new URLSearchParams(url.split('?')[1] ?? '');
  asked.delete('sitekey');
  asked.set(TOLD, code);
  return `${EMBED_PATH}?${asked}`;
}

/** A page that says of itself that it is of another origin need not wait for the browser to refuse it without a word. */
export function foreignPage(permit: EmbedPermit, referer: string | undefined): Refusal | undefined {
  if ('code' in permit || !referer || !URL.canParse(referer)) return undefined;
  const { origin } = new URL(referer);
  if (permit.origins.includes(origin)) return undefined;
  return { code: 'origin-refused', message: `This site key is not for ${origin}.` };
}

export function siteKeyOf(url: string): string {
  return new URLSearchParams(url.split('?')[1] ?? '').get('sitekey') ?? '';
}

/** The sites that may frame `/embed.html?sitekey=…`, or why none may. */
export function embedPermit(tokens: Tokens, url: string): EmbedPermit {
  try {
    const grant = tokens.check(siteKeyOf(url));
    const { id = '', origins = [] } = grant;
    if (grant.scope === 'embed') return { id, origins };
    return {
      code: 'token-refused',
      message: 'This is a token, not a site key. Never show it in a page.',
    };
  } catch (thrown) {
    const { code, message } = toGridError(thrown, 'token-refused');
    return { code, message };
  }
}
