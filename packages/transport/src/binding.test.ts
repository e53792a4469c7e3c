import { expect, test } from 'vitest';
import { dtlsBinding } from './binding.ts';

const sdp = (fingerprint: string) => `v=0\r\na=fingerprint:${fingerprint}\r\na=setup:active\r\n`;

test('[AC18] both ends of a connection have the same binding, however they write it', () => {
  const [a, b] = [sdp('sha-256 AB:CD:01'), sdp('SHA-256 ef:02:03')];
  expect(dtlsBinding(a, b)).toEqual(dtlsBinding(b, a));
  expect(dtlsBinding(sdp('SHA-256 ab:cd:01'), b)).toEqual(dtlsBinding(a, b));
});

test('[AC18] another certificate at either end is another binding', () => {
  const [a, b, c] = ['AB:CD:01', 'EF:02:03', 'EF:02:04'].map((digits) => sdp(`sha-256 ${digits}`));
  expect(dtlsBinding(a, c)).not.toEqual(dtlsBinding(a, b));
  expect(dtlsBinding(a, undefined)).toBeUndefined();
  expect(dtlsBinding(a, 'v=0')).toBeUndefined();
});
