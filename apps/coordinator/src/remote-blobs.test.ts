import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '@manytabs/storage/testing';
import { Grid } from 'manytabs';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { backupGrid } from './backup/backup-grid.ts';
import { restoreGrid } from './backup/restore-grid.ts';
import { startCoordinator } from './start-coordinator.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-remote-'));
const place = (name: string) => join(dir, name);
let server: S3rver;
let blobs = '';

beforeAll(async () => {
  const configureBuckets = [{ name: 'grid', configs: [] }];
  server = new S3rver({ port: 0, silent: true, directory: place('s3'), configureBuckets });
  blobs = `s3://grid/one?endpoint=http://127.0.0.1:${(await server.run()).port}`;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(dir, { recursive: true });
});

const CONTENT = new Uint8Array(300_000).fill(7);

async function read(dataDir: string, path: string) {
  const grid = await startCoordinator({ port: 0, dataDir });
  const mine = await Grid.connect(grid.url, { token: grid.token });
  const bytes = await mine.files.get(path);
  await mine.close();
  await grid.close();
  return bytes;
}

test('[ST81] a grid with a bucket is started again, backed up, and restored without it', async () => {
  const dataDir = place('data');
  const grid = await startCoordinator({ port: 0, dataDir, blobs });
  const mine = await Grid.connect(grid.url, { token: grid.token });
  await mine.files.put('/a.bin', CONTENT);
  await mine.close();
  await grid.close();
  expect(await read(dataDir, '/a.bin')).toEqual(CONTENT);
  await backupGrid({ dataDir }, place('grid.backup'));
  await restoreGrid({ dataDir: place('restored') }, place('grid.backup'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  await expect(read(dataDir, '/a.bin')).rejects.toMatchObject({ code: 'blobs-refused' });
  expect(await read(place('restored'), '/a.bin')).toEqual(CONTENT);
});

test('[ST81] a grid has one bucket', async () => {
  const wrong = startCoordinator({ port: 0, dataDir: place('data'), blobs: 's3://other' });
  await expect(wrong).rejects.toMatchObject({ code: 'usage' });
});

describe('with servers on a database', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await PostgresServer.start();
    await postgres.create('grid');
  }, 60_000);
  afterAll(() => postgres.close(), 60_000);

  test('[ST97] servers share the bucket that the first of them named; it is backed up, and restored without', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
    const database = postgres.address('grid');
    const of = (name: string) => ({ port: 0, database, dataDir: place(name) });
    const first = await startCoordinator({ ...of('first'), blobs });
    const second = await startCoordinator(of('second'));
    const [mine, other] = await Promise.all(
      [first, second].map(({ url, token }) => Grid.connect(url, { token })),
    );
    await mine?.files.put('/b.bin', CONTENT);
    expect(await other?.files.get('/b.bin')).toEqual(CONTENT);
    const objects = readdirSync(place('s3'), { recursive: true }).filter((name) =>
      String(name).endsWith('_object'),
    );
    expect(objects.length).toBeGreaterThan(0);
    const wrong = startCoordinator({ ...of('third'), blobs: 's3://other' });
    await expect(wrong).rejects.toMatchObject({ code: 'usage' });
    await backupGrid({ dataDir: place('first'), database }, place('shared.backup'));
    await mine?.close();
    await other?.close();
    await second.close();
    await first.close();
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    await expect(startCoordinator(of('first'))).rejects.toMatchObject({ code: 'blobs-refused' });
    await restoreGrid({ dataDir: place('moved') }, place('shared.backup'));
    expect(await read(place('moved'), '/b.bin')).toEqual(CONTENT);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
  }, 60_000);
});
