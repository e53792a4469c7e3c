import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IceServers } from './ice-servers.ts';
import { parseIceServer } from './parse-ice-server.ts';

const NOW = 1_700_000_000_000;
const serversOf = (iceServers: string[], turnSecret?: string) =>
  new IceServers({ iceServers, turnSecret }, () => NOW);
const invalid = expect.objectContaining({ code: 'ice-server-invalid' });

test('[TR30] STUN and TURN servers are told to tabs as they were given', () => {
  const servers = serversOf(['stun:stun.example.org', 'turns:[::1]:5349?transport=tcp,ann,a,b']);
  expect(servers.answer()).toEqual({
    iceServers: [
      { urls: 'stun:stun.example.org' },
      { urls: 'turns:[::1]:5349?transport=tcp', username: 'ann', credential: 'a,b' },
    ],
  });
  expect(servers.stun).toEqual(['stun:stun.example.org']);
});

test('[TR30] with the secret of a TURN server each tab gets credentials for a day', () => {
  const { iceServers, expiresAt } = serversOf(['turn:a:1', 'stun:b'], 'a long secret').answer();
  const [turn, stun] = iceServers;
  const expires = NOW / 1000 + 86_400;
  expect(expiresAt).toBe(expires * 1000);
  expect(turn?.username).toBe(`${expires}:manytabs`);
  const hmac = createHmac('sha1', 'a long secret').update(`${expires}:manytabs`);
  expect(turn?.credential).toBe(hmac.digest('base64'));
  expect(stun).toEqual({ urls: 'stun:b' });
});

test('[TR30] what is no such server is refused at the start', () => {
  const wrong = [
    ...['', 'turn', 'http://x', 'turn:', 'turn:a b,u,p', 'stun:a:0', 'stun:a:70000', 'turn:a'],
    ...['turn:a,u', 'turn:a,,p', 'turn:a,u,', 'stun:a,u,p', 'turn:a?transport=sctp,u,p'],
  ];
  for (const text of wrong) expect(() => serversOf([text]), text).toThrow(invalid);
  expect(() => serversOf(['turn:a:1'], 'short')).toThrow(invalid);
  expect(() => serversOf(['stun:a:1'], 'a long secret')).toThrow(invalid);
  expect(() => serversOf(Array(17).fill('stun:a'))).toThrow(invalid);
});

test('[TR30] any text is a server that was given, or refused', () => {
  const parts = fc.constantFrom('turn:', 'stun:', 'a', '[', ':', '1', ',', '?transport=udp', ' ');
  const texts = fc.oneof(
    fc.string(),
    fc.array(parts).map((some) => some.join('')),
  );
  const property = fc.property(texts, fc.boolean(), (text, hasSecret) => {
    try {
      const { urls, username, credential } = parseIceServer(text, hasSecret);
      const said = [urls, username, credential].filter((part) => part !== undefined);
      expect(said.join(',')).toBe(text);
    } catch (thrown) {
      expect(thrown).toEqual(invalid);
    }
  });
  fc.assert(property, { numRuns: 500 });
});
