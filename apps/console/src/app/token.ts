import { HOST_TOKEN } from './hosting.ts';

const KEY = 'manytabs-token';
const TOKEN_CHARS_MAX = 200;

/** What a fragment `#token=…`, or `#host`, carries, and the fragment that is left without it. */
export function takeToken(fragment: string): { token: string | undefined; rest: string } {
  if (fragment === '#host') return { token: HOST_TOKEN, rest: '#/' };
  const match = /^#token=([^&/]*)[&/]?(.*)$/.exec(fragment);
  if (!match) return { token: undefined, rest: fragment };
  return { token: cleanToken(decode(match[1] ?? '')), rest: match[2] ? `#/${match[2]}` : '#/' };
}

/** A token as somebody pasted it: alone, or inside a whole console address. */
export function cleanToken(pasted: string): string | undefined {
  const inside = /#token=([^&/\s]+)/.exec(pasted)?.[1];
  const token = inside === undefined ? pasted.trim() : decode(inside);
  return token === '' || token.length > TOKEN_CHARS_MAX || /\s/.test(token) ? undefined : token;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the text is the token as it stands.
    return text;
  }
}

export function storedToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** Kept for this tab only; undefined forgets it. */
export function storeToken(token: string | undefined): void {
  if (token === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

/** Moves a token from the address to the session, so that it is neither bookmarked nor seen over a shoulder. */
export function moveTokenFromAddress(): string | undefined {
  const { token, rest } = takeToken(location.hash);
  if (token !== undefined) {
    storeToken(token);
    history.replaceState(null, '', rest);
  }
  return token ?? storedToken();
}
