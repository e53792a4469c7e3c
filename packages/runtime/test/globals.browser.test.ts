import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REACHABLE } from './reachable.ts';
import { type Stage, setupStage } from './setup.ts';

// Everything that task code can reach, against the list that somebody looked at. A browser that adds something fails
// this test with the name of it: think about what a stranger's code could do with it, then take it into the list with
// UPDATE_GLOBALS=1, or remove it in worker/lock-down.ts.

const LIST = new URL('globals.txt', import.meta.url);
/** What is ours, and properties of one object alone. */
const NOTHING = /^(ctx(\.|: )|(error|timer|template|arguments)(: |$))/;

let stage: Stage;
beforeAll(async () => {
  stage = await setupStage({}, process.env.EXTRA_FLAGS?.split(' '));
}, 60_000);
afterAll(() => stage.close());

/** What is reachable in a worker, with something that the browser might add one day. */
async function reachable(addition = ''): Promise<string[]> {
  const page = await stage.open();
  const js = REACHABLE.replace('const lines', `${addition}; const lines`);
  const { values } = await page.evaluate((js) => grid.runOnce({ js }, 1), js);
  await page.close();
  return namesOf((values[0] as string[]).filter((line) => !NOTHING.test(line)));
}

function namesOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [path, names = ''] = line.split(': ');
    return names.split(' ').map((name) => (path ? `${path}.${name}` : name));
  });
}

test('[RU31] task code reaches what is on the list, and nothing that a browser has added since', async () => {
  const found = await reachable();
  if (process.env.UPDATE_GLOBALS) writeFileSync(LIST, linesOf(found));
  const listed = new Set(namesOf(readFileSync(LIST, 'utf8').trim().split('\n')));
  expect(found.filter((name) => !listed.has(name))).toEqual([]);
  expect(found).toContain('Math.sin');
  // What is added is told by its name.
  const added = await reachable('Math.__proto__.constructor.reachNetwork = () => 1');
  expect(added.filter((name) => !listed.has(name))).toEqual(['Object.reachNetwork']);
});

/** Those of the list stay: an older browser may lack some. */
function linesOf(found: readonly string[]): string {
  const all = new Set([...namesOf(readFileSync(LIST, 'utf8').trim().split('\n')), ...found]);
  const byPath = new Map<string, string[]>();
  for (const name of [...all].filter((one) => one !== '').sort()) {
    const at = name.lastIndexOf('.', name.length - 2);
    const path = at < 0 ? '' : name.slice(0, at);
    byPath.set(path, [...(byPath.get(path) ?? []), name.slice(at + 1)]);
  }
  return `${[...byPath].map(([path, names]) => `${path}: ${names.join(' ')}`).join('\n')}\n`;
}
