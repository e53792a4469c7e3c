import { expect, test } from 'vitest';
import { volunteerAddress } from './headless-tabs.ts';

test('[UI86] options of a tab travel in the fragment, which no server sees', () => {
  const address = volunteerAddress('http://grid.test:4600/', { workers: 2, fault: 'slow:3' });
  expect(address).toBe('http://grid.test:4600/#workers=2&fault=slow%3A3');
  expect(volunteerAddress('http://grid.test/#host=host-a', { workers: 2 })).toBe(
    'http://grid.test/#host=host-a&workers=2',
  );
  expect(volunteerAddress('http://grid.test/', { token: undefined })).toBe('http://grid.test/');
});
