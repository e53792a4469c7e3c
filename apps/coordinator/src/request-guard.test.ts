import { describe, expect, test } from 'vitest';
import { RequestGuard } from './request-guard.ts';

const guard = (part: Partial<ConstructorParameters<typeof RequestGuard>[0]> = {}) =>
  new RequestGuard({ bound: '127.0.0.1', tokenOrigins: () => new Set(), ...part });

describe('[AC8] the name that a request is for', () => {
  test.each([
    '127.0.0.1:4600',
    'localhost:4600',
    'LOCALHOST',
    '[::1]:4600',
    'grid.localhost',
    '127.9.9.9',
    '192.168.1.7',
    'grid.test:4600',
    'laptop',
    'laptop.local',
  ])('%s is this machine', (host) =>
    expect(guard().refusal({ headers: { host }, method: 'GET' })).toBeUndefined(),
  );

  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'test.evil.example',
    'localhost.evil.example',
    '',
    'a b',
    '127.0.0.1@evil.example',
  ])('on loopback %s is not', (host) =>
    expect(guard().refusal({ headers: { host }, method: 'GET' })?.status).toBe(421),
  );

  test('that the owner allowed is right, and elsewhere any where none was named', () => {
    const named = guard({ hosts: ['Grid.example.org'] });
    const asked = (host: string) => ({ headers: { host }, method: 'GET' });
    expect(named.refusal(asked('grid.example.org:443'))).toBeUndefined();
    expect(named.refusal(asked('other.example.org'))?.status).toBe(421);
    const open = guard({ bound: '0.0.0.0' });
    expect(open.refusal(asked('grid.lab'))).toBeUndefined();
    const strict = guard({ bound: '0.0.0.0', hosts: ['grid.lab'] });
    expect(strict.refusal(asked('evil.example'))?.status).toBe(421);
    expect(strict.refusal(asked('192.168.1.7:4600'))).toBeUndefined();
  });
});

describe('[AC9] the page that asks', () => {
  const upgrade = (origin: string | undefined, host = '127.0.0.1:4600', part = {}) =>
    guard(part).refusalOfUpgrade({ headers: { host, ...(origin ? { origin } : {}) } })?.status;

  test.each([
    'http://evil.example',
    'https://evil.example',
    'null',
    'http://127.0.0.1.evil.example',
    'file://',
    'chrome-extension://abc',
    'http://192.168.1.9',
  ])('%s opens no WebSocket', (origin) => expect(upgrade(origin)).toBe(403));

  test('of ours, of this machine, or no page at all opens one', () => {
    expect(upgrade('http://127.0.0.1:4600')).toBeUndefined();
    expect(upgrade('http://localhost:5173')).toBeUndefined();
    expect(upgrade(undefined)).toBeUndefined();
    expect(upgrade('https://grid.lab', 'grid.lab', { bound: '0.0.0.0' })).toBeUndefined();
  });

  test('of this machine has no say elsewhere', () => {
    expect(upgrade('http://localhost:5173', 'grid.lab', { bound: '0.0.0.0' })).toBe(403);
  });

  test('of a site that the owner or a token names opens one', () => {
    const origin = 'https://lab.example.org';
    expect(upgrade(origin, undefined, { origins: [origin] })).toBeUndefined();
    expect(upgrade(origin, undefined, { tokenOrigins: () => new Set([origin]) })).toBeUndefined();
  });

  test('may read what is public and change nothing', () => {
    const headers = { host: '127.0.0.1:4600', origin: 'http://evil.example' };
    expect(guard().refusal({ headers, method: 'GET' })).toBeUndefined();
    expect(guard().refusal({ headers, method: 'POST' })?.status).toBe(403);
  });
});
