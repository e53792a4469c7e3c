import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { isLoopback, volunteerAddress } from './invitation.tsx';
import { qrPath } from './qr-code.tsx';

test('[UI18] volunteers are sent to the root of the server, without the token', () => {
  expect(volunteerAddress('http://lab:4600/console/?x#token=secret')).toBe('http://lab:4600/');
});

test.each([
  ['http://127.0.0.1:4600/', true],
  ['http://localhost:4600/', true],
  ['http://[::1]:4600/', true],
  ['http://10.0.0.7:4600/', false],
  ['https://grid.example/', false],
])('[UI18] an address that works on this machine only is told as such: %s', (address, only) => {
  expect(isLoopback(address)).toBe(only);
});

test('[UI18] the code draws every dark module once', () => {
  const text = 'http://10.0.0.7:4600/';
  const dark = encode(text, { ecc: 'M', border: 2 }).data.flat().filter(Boolean).length;
  expect(qrPath(text).path.split('M')).toHaveLength(dark + 1);
});
