import { LIMITS } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOptions, WORKERS_MAX } from './options.ts';

describe('readOptions', () => {
  test('[UI47] reads every option of the address', () => {
    expect(
      readOptions(
        '#workers=2&token=a.b-c&fault=slow:3&road=websocket&host=host-abc&signal=https://peer.test/',
      ),
    ).toEqual({
      workers: 2,
      token: 'a.b-c',
      fault: 'slow:3',
      road: 'websocket',
      host: 'host-abc',
      signal: 'https://peer.test/',
      trusted: undefined,
      ignored: [],
    });
  });

  test.each(['wrong', 'silent', 'corrupt-shards', 'slow:10', 'vanish:0'])(
    'knows fault %s',
    (fault) => {
      expect(readOptions(`#fault=${fault}`).fault).toBe(fault);
    },
  );

  test.each([
    'workers=0',
    'workers=129',
    'workers=1e2',
    'workers=-1',
    'token=a b',
    'token=',
    'fault=slow',
    'fault=slow:0',
    'fault=vanish:1:2',
    'fault=constructor',
    'road=webrtc',
    'host=Host',
    'signal=peer.test',
    '__proto__=1',
    'start=1',
  ])('[UI47] ignores %s and says so', (fragment) => {
    const options = readOptions(fragment);
    expect(options).toMatchObject({ workers: undefined, token: undefined, fault: undefined });
    expect(options.ignored).toHaveLength(1);
  });

  test('never repeats a wrong value, which may be a secret', () => {
    expect(readOptions('#token=se cret&se=cret').ignored.join()).not.toContain('cret');
  });

  test('stays within bounds whatever the fragment holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (key, value) => {
        const options = readOptions(`#${key}=${value}&workers=${value}`);
        expect(options.ignored.length).toBeLessThanOrEqual(4);
        expect(options.workers ?? 1).toBeLessThanOrEqual(WORKERS_MAX);
      }),
    );
  });

  test('has the limit of the protocol', () => {
    expect(WORKERS_MAX).toBe(LIMITS.WORKERS_PER_VOLUNTEER_MAX);
  });
});
