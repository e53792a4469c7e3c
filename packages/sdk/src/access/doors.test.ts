import type { GridError } from '@manytabs/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditFact } from './audit-log.ts';
import { IDENTITY_RULE, NETWORK_RULE } from './cool-off.ts';
import { Doors } from './doors.ts';

let now = 0;
let facts: AuditFact[] = [];
let doors: Doors;

beforeEach(() => {
  now = 1_000_000;
  facts = [];
  doors = new Doors(
    () => now,
    (fact) => facts.push(fact),
  );
});

const enter = (identity: string, address?: string) => {
  try {
    doors.enter(identity, address);
    return 'in';
  } catch (thrown) {
    return (thrown as GridError).code;
  }
};
const offend = (identity: string | undefined, count: number, address?: string) => {
  for (let n = 0; n < count; n++) doors.refused('frame-malformed', { identity, address });
};

describe('[AC14] whoever breaks the rules again and again', () => {
  test('stays out for a while, and longer each time', () => {
    offend('v1', IDENTITY_RULE.allowed);
    expect(enter('v1')).toBe('in');
    offend('v1', 1);
    expect(enter('v1')).toBe('rate-limited');
    expect(enter('v2')).toBe('in');
    now += IDENTITY_RULE.shutMs;
    expect(enter('v1')).toBe('in');
    offend('v1', IDENTITY_RULE.allowed + 1);
    now += IDENTITY_RULE.shutMs;
    expect(enter('v1')).toBe('rate-limited');
    expect(facts.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'peer-shut-out v1',
      'peer-shut-out v1',
    ]);
  });

  test('is not shut out longer for knocking', () => {
    offend('v1', IDENTITY_RULE.allowed + 1);
    offend('v1', 1_000);
    now += IDENTITY_RULE.shutMs;
    expect(enter('v1')).toBe('in');
  });

  test('is forgiven after a while', () => {
    offend('v1', IDENTITY_RULE.allowed);
    now += IDENTITY_RULE.forgetMs + 1;
    offend('v1', IDENTITY_RULE.allowed);
    expect(enter('v1')).toBe('in');
  });

  test('under ever new names from one network shuts out its strangers, not those who are known', () => {
    expect(enter('known', '203.0.114.5')).toBe('in');
    for (let n = 0; n <= NETWORK_RULE.allowed; n++) offend(`v${n}`, 1, `203.0.114.${n % 250}`);
    expect(enter('fresh', '203.0.114.77')).toBe('rate-limited');
    expect(enter('known', '203.0.114.5')).toBe('in');
    expect(enter('elsewhere', '203.0.115.1')).toBe('in');
  });

  test('on loopback has no network', () => {
    for (let n = 0; n <= NETWORK_RULE.allowed; n++) offend(undefined, 1, '127.0.0.1');
    expect(enter('fresh', '127.0.0.1')).toBe('in');
  });

  test('does not make the grid remember without end', () => {
    for (let n = 0; n < 50_000; n++) offend(`v${n}`, 1);
    offend('v0', IDENTITY_RULE.allowed);
    expect(enter('v0')).toBe('in');
  });
});

test('what happens to the honest is no offence', () => {
  for (const code of ['connection-lost', 'timeout', 'token-expired', 'too-many-peers'] as const) {
    for (let n = 0; n < 10; n++) doors.refused(code, { identity: 'v1', address: undefined });
  }
  expect(enter('v1')).toBe('in');
});
