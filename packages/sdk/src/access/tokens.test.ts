import { GridError } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { drawToken, hashToken } from './token-text.ts';
import { checkOrigin, type TokenOrder, Tokens } from './tokens.ts';

let now = 1_000_000;
let store: MemoryKeyValue;
let tokens: Tokens;

const open = (over = store) =>
  Tokens.open({ store: over, clock: () => now, ownerToken: 'the owner’s own' });

beforeEach(async () => {
  now = 1_000_000;
  store = new MemoryKeyValue();
  tokens = await open();
});

async function make(part: Partial<TokenOrder> = {}) {
  const { id, token } = drawToken('token');
  const rest = { name: '', origins: [], trusted: true, quota: {} };
  await tokens.create({ id, hash: hashToken(token), scope: 'submit', ...rest, ...part });
  return { id, token };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (thrown) {
    return (thrown as GridError).code;
  }
}

describe('[AC1] a token', () => {
  test('is known by its whole text, over restarts, and the store holds only its hash', async () => {
    const { id, token } = await make({ name: 'for Ada' });
    expect((await open()).check(token)).toMatchObject({ scope: 'submit', owner: id });
    const stored = await store.list('');
    const text = stored.map(({ value }) => new TextDecoder('latin1').decode(value)).join();
    expect(text).toContain('for Ada');
    expect(text).not.toContain(token.slice(-32));
  });

  test('that is not whole is none', async () => {
    const { token } = await make();
    const forged = [
      token.slice(0, -1),
      `${token}a`,
      token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a'),
    ];
    for (const text of [...forged, 'mt_', '\u0000', 'x'.repeat(200)]) {
      expect(codeOf(() => tokens.check(text))).toBe('token-refused');
    }
    expect(codeOf(() => tokens.check(''))).toBe('token-missing');
  });

  test('that is made twice over a lost link is one token', async () => {
    const { id, token } = drawToken('token');
    const order = { id, hash: hashToken(token), scope: 'submit', name: '' } as const;
    const rest = { origins: [], trusted: true, quota: {} };
    await tokens.create({ ...order, ...rest });
    await tokens.create({ ...order, ...rest });
    expect(tokens.list()).toHaveLength(1);
    const other = tokens.create({ ...order, ...rest, hash: hashToken('another') });
    await expect(other).rejects.toMatchObject({ code: 'version-conflict' });
  });

  test('of the owner holds always', () => {
    expect(tokens.check('the owner’s own')).toEqual({ scope: 'admin', owner: 'owner' });
  });
});

describe('[AC3] an end', () => {
  test('by order is told once, here and where the store is shared', async () => {
    const other = await open();
    const { id, token } = await make();
    const ended: string[] = [];
    tokens.onEnded((ended_id, { code }) => ended.push(`here ${ended_id} ${code}`));
    other.onEnded((ended_id, { code }) => ended.push(`there ${ended_id} ${code}`));
    await tokens.revoke(id);
    await tokens.revoke(id);
    await vi.waitFor(() => expect(ended).toHaveLength(2));
    expect(new Set(ended)).toEqual(
      new Set([`here ${id} token-revoked`, `there ${id} token-revoked`]),
    );
    expect(codeOf(() => other.check(token))).toBe('token-revoked');
  });

  test('by time is told when it comes', async () => {
    vi.useFakeTimers();
    try {
      const ended: string[] = [];
      tokens.onEnded((id, { code }) => ended.push(`${id} ${code}`));
      const { id, token } = await make({ expiresAt: now + 60_000 });
      expect(codeOf(() => tokens.check(token))).toBe('none');
      now += 60_000;
      expect(codeOf(() => tokens.check(token))).toBe('token-expired');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(ended).toEqual([`${id} token-expired`]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('that is ordered of nothing is refused', async () => {
    await expect(tokens.revoke('aaaaaaaaaaaa')).rejects.toMatchObject({ code: 'token-unknown' });
  });

  test('is shown in the list', async () => {
    const revoked = await make();
    await tokens.revoke(revoked.id);
    await make({ expiresAt: now + 1 });
    await make();
    now += 1;
    expect(
      tokens
        .list()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['expired', 'revoked', 'valid']);
  });
});

test('a token that would be over, or a site key without a site, is refused', async () => {
  await expect(make({ expiresAt: now })).rejects.toMatchObject({ code: 'input-invalid' });
  await expect(make({ scope: 'embed' })).rejects.toMatchObject({ code: 'input-invalid' });
});

test('a damaged entry opens no door', async () => {
  await store.put('token/aaaaaaaaaaaa', new Uint8Array([0xc1, 7, 7]), { expected: 0 });
  expect((await open()).list()).toEqual([]);
});

test('[AC7] an origin is a site and nothing that could end a header', () => {
  expect(checkOrigin('https://Example.org/path?x')).toBe('https://example.org');
  expect(checkOrigin('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
  for (const text of [
    'example.org',
    'file:///etc',
    'https://a;b',
    'https://*',
    'https://u:p@a.org',
    '',
  ]) {
    expect(() => checkOrigin(text)).toThrow(GridError);
  }
});
