import { expect, test } from 'vitest';
import { networkOf } from './network-of.ts';

test.each([
  ['203.0.113.9', '203.0.113.0/24'],
  ['::ffff:203.0.113.9', '203.0.113.0/24'],
  ['2001:db8:5:1::7', '2001:db8:5::/48'],
  ['2001:db8::7', '2001:db8:0::/48'],
  ['[2A00:1450:4001:81b::200e]', '2a00:1450:4001::/48'],
  ['172.32.0.1', '172.32.0.0/24'],
])('[VA23] %s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.1',
  '192.168.178.20',
  '169.254.1.1',
  '100.64.0.1',
  '::1',
  '::ffff:127.0.0.1',
  'fe80::1%eth0',
  'fd12:3456:789a::1',
  '',
  'memory',
  'x:y:z',
])('[VA23] %s tells nobody apart', (address) => {
  expect(networkOf(address)).toBeUndefined();
});

test('[VA23] no address tells nobody apart', () => {
  expect(networkOf(undefined)).toBeUndefined();
});
