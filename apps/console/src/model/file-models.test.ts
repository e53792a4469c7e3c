import { expect, test } from 'vitest';
import { crumbsOf, folderOf, joinPath, literalPattern, nameOf } from './file-path.ts';
import { previewOf } from './file-preview.ts';
import { treemap } from './treemap.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('[UI27] a path comes apart and together again', () => {
  expect(crumbsOf('/a/b')).toEqual(['/', '/a', '/a/b']);
  expect([nameOf('/a/b'), folderOf('/a/b'), folderOf('/a'), nameOf('/')]).toEqual([
    'b',
    '/a',
    '/',
    '/',
  ]);
  expect([joinPath('/', 'x'), joinPath('/a', 'x')]).toEqual(['/x', '/a/x']);
  expect(literalPattern('/a[1]*.csv')).toBe('/a?1??.csv');
});

test('[UI28] markup is shown as text, tables as tables, bytes as hex, and only what is harmless as a picture', () => {
  expect(previewOf('/a.html', bytes('<script>1</script>'), true).kind).toBe('text');
  expect(previewOf('/a.svg', bytes('<svg onload="alert(1)"/>'), true).kind).toBe('text');
  expect(previewOf('/a.png', bytes('x'), true)).toMatchObject({ kind: 'image', type: 'image/png' });
  expect(previewOf('/a.csv', bytes('n,m\n1,2\n3'), false)).toMatchObject({
    columns: ['n', 'm'],
    rows: [{ n: '1', m: '2' }],
  });
  expect(previewOf('/a.csv', bytes('n,n\n1,2'), true).kind).toBe('text');
  expect(previewOf('/a.json', bytes('{"a":1}'), true)).toEqual({
    kind: 'json',
    text: '{\n  "a": 1\n}',
  });
  expect(previewOf('/a', Uint8Array.of(0xff, 0x41), true)).toEqual({
    kind: 'hex',
    text: `00000000  ff 41${' '.repeat(44)}.A`,
  });
});

test('[UI27] a map gives each item its share of the whole, without overlap', () => {
  const boxes = treemap(
    [
      ['a', 50],
      ['b', 30],
      ['none', 0],
      ['c', 20],
    ],
    2,
  );
  const shares = Object.fromEntries(boxes.map((b) => [b.item, Math.round(b.width * b.height)]));
  expect(shares).toEqual({ a: 5_000, b: 3_000, c: 2_000 });
});
