import { survivesCrashes } from './crashes.ts';
import { expect } from './fixtures.ts';
import { test } from './postgres.ts';

test('[CO75] so does a coordinator that keeps everything in PostgreSQL', async ({
  grid,
  openTab,
}) => {
  test.slow();
  await survivesCrashes(grid, openTab);
});

test('[CO90] a database that is not there, or lets nobody in, is told with what to do', async ({
  grid,
  database,
}) => {
  const wrong = (change: Partial<Pick<URL, 'port' | 'password' | 'pathname'>>) => {
    const address = Object.assign(new URL(database), change);
    return grid.run('up', '--port', '0', '--data', 'other', '--database', address.href, '--json');
  };
  const nowhere = await wrong({ port: '9' });
  expect(nowhere.stderr).toContain('database-unreachable: ');
  expect(nowhere.stderr).toContain('Check the address of the database');
  expect(nowhere.code).toBe(4);
  const password = await wrong({ password: 'guessed' });
  expect(password.stderr).toContain('database-refused: ');
  expect(password.stderr).not.toContain('guessed');
  expect(password.code).toBe(3);
  const name = await wrong({ pathname: '/elsewhere' });
  expect(name.stderr).toContain('database-refused: ');
});
