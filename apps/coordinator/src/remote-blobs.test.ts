import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Grid } from 'manytabs';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
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

test('[ST81] a grid has one bucket, and servers on a database have none', async () => {
  const wrong = startCoordinator({ port: 0, dataDir: place('data'), blobs: 's3://other' });
  await expect(wrong).rejects.toMatchObject({ code: 'usage' });
  const both = { blobs, database: 'postgres://127.0.0.1:1/x', dataDir: place('both') };
  await expect(startCoordinator({ port: 0, ...both })).rejects.toMatchObject({ code: 'usage' });
});
