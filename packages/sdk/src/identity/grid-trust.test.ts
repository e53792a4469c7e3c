import type { GridError, JobMessage, VolunteerId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { newKeyPair } from './crypto.ts';
import { GridSigner } from './grid-signer.ts';
import { GridTrust, memoryPins } from './grid-trust.ts';

const grid = new GridSigner(newKeyPair().secretKey);
const other = new GridSigner(newKeyPair().secretKey);
const NONCE = new Uint8Array(32).fill(1);
const ME = `v${'a'.repeat(26)}` as VolunteerId;
const BINDING = new Uint8Array([1, 2, 3]);

function codeOf(work: () => void): string {
  try {
    work();
    return 'none';
  } catch (thrown) {
    return (thrown as GridError).code;
  }
}

function contact(pins = memoryPins(), signer = grid) {
  const trust = new GridTrust(pins);
  trust.meet(signer.publicKey);
  const signature = signer.welcome(NONCE, ME, BINDING);
  trust.welcomed({ signature, nonce: NONCE, volunteer: ME, binding: BINDING });
  return trust;
}

describe('[AC20] the grid’s key', () => {
  test('is kept at the first contact, and another is refused until a person starts again', () => {
    const pins = memoryPins();
    contact(pins);
    expect(codeOf(() => contact(pins))).toBe('none');
    expect(codeOf(() => contact(pins, other))).toBe('grid-key-changed');
    expect(codeOf(() => contact(pins))).toBe('none');
    expect(codeOf(() => contact(pins, other))).toBe('none');
    expect(pins.read()).toEqual(other.publicKey);
  });

  test('that is no longer shown is refused', () => {
    const pins = memoryPins();
    contact(pins);
    const none = () => new GridTrust(pins).meet(undefined);
    expect([codeOf(none), codeOf(none)]).toEqual(['grid-key-changed', 'grid-key-changed']);
  });

  test.each([
    ['no signature', undefined, BINDING],
    ['another key’s', other.welcome(NONCE, ME, BINDING), BINDING],
    ['that of another link', grid.welcome(NONCE, ME, new Uint8Array([9])), BINDING],
    ['that of another nonce', grid.welcome(new Uint8Array(32), ME, BINDING), BINDING],
  ])('[AC18] a welcome with %s is none, and pins nothing', (_what, signature, binding) => {
    const pins = memoryPins();
    const trust = new GridTrust(pins);
    trust.meet(grid.publicKey);
    const welcomed = () => trust.welcomed({ signature, nonce: NONCE, volunteer: ME, binding });
    expect(codeOf(welcomed)).toBe('grid-key-changed');
    expect(pins.read()).toBeUndefined();
  });
});

const JOB = {
  type: 'job',
  jobId: `j${'a'.repeat(20)}`,
  name: 'a job',
  purpose: '',
  submitter: 'ada',
  program: {
    module: { kind: 'js', code: { shard: 'a'.repeat(64), bytes: 10 }, export: 'default' },
    args: new Uint8Array([1]),
    files: [],
  },
} as unknown as JobMessage;

describe('[AC19] a job’s manifest', () => {
  const signed = grid.job(JOB);

  test('is signed by the grid, and what is absent may be undefined', () => {
    const trust = contact();
    expect(codeOf(() => trust.checkJob(signed))).toBe('none');
    expect(codeOf(() => trust.checkJob({ ...signed, view: undefined }))).toBe('none');
    expect(grid.job(JOB).signature).toEqual(signed.signature);
  });

  const { program } = signed;
  const code = { ...program.module.code, shard: 'b'.repeat(64) as never };
  test.each<[string, JobMessage]>([
    ['another module', { ...signed, program: { ...program, module: { ...program.module, code } } }],
    ['other args', { ...signed, program: { ...program, args: new Uint8Array([2]) } }],
    ['another purpose', { ...signed, purpose: 'good' }],
    ['another job', { ...signed, jobId: `j${'b'.repeat(20)}` as never }],
    ['no signature', { ...signed, signature: undefined }],
    ['the signature of another', other.job(JOB)],
  ])('with %s is refused', (_what, tampered) => {
    const trust = contact();
    expect(codeOf(() => trust.checkJob(tampered))).toBe('manifest-refused');
  });
});
