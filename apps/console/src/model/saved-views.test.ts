import { expect, test } from 'vitest';
import { parseViews, withoutView, withView } from './saved-views.ts';

test('[UI302] views are kept once each, the newest twenty, and what a browser kept wrongly is none', () => {
  let views: readonly string[] = [];
  for (let n = 0; n < 25; n++) views = withView(views, `name:${n}`);
  expect(views).toHaveLength(20);
  expect(views.at(-1)).toBe('name:24');
  expect(withView(views, 'name:10').at(-1)).toBe('name:10');
  expect(withView(views, 'name:10')).toHaveLength(20);
  expect(withoutView(views, 'name:24')).toHaveLength(19);
  expect(parseViews(JSON.stringify(views))).toEqual(views);
  for (const kept of [null, '', '{', '{}', '7', '[1,null,""]', `["${'x'.repeat(501)}"]`]) {
    expect(parseViews(kept)).toEqual([]);
  }
});
