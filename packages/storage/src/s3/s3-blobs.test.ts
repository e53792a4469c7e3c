import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeCollectedBlobs, describeLastingBlobs } from '../contract.ts';
import { CountedBlobs } from '../counted-blobs.ts';
import { readS3Address } from './s3-address.ts';
import { S3Blobs } from './s3-blobs.ts';

// A real server of the protocol. It checks who signs, and not what: a wrong secret is not refused by it.

const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
let folder = '';
let server: S3rver;
let endpoint = '';
let worlds = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manytabs-s3-'));
  const configureBuckets = [{ name: 'grid', configs: [] }];
  server = new S3rver({ port: 0, silent: true, directory: folder, configureBuckets });
  const { port } = await server.run();
  endpoint = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const blobsAt = (prefix: string, bucket = 'grid') =>
  new S3Blobs(readS3Address(`s3://${bucket}/${prefix}?endpoint=${endpoint}`), KEYS);

describeLastingBlobs('S3', async () => ({
  open: async () => blobsAt(`world-${++worlds}`),
  reopen: async () => blobsAt(`world-${worlds}`),
  rot: async (shard) => {
    const { AwsClient } = await import('aws4fetch');
    const client = new AwsClient({ ...KEYS, service: 's3', region: 'us-east-1' });
    await client.fetch(`${endpoint}/grid/world-${worlds}/${shard}`, { method: 'PUT', body: 'rot' });
  },
  close: async () => {},
}));

describeCollectedBlobs(
  'S3',
  async () => {
    const blobs = new CountedBlobs(blobsAt('collected'));
    return { open: async () => blobs, close: async () => {} };
  },
  { numRuns: 20 },
);

test('[ST82] wrong keys, a bucket that is not there and a server that is none are told apart', async () => {
  await blobsAt('x').check();
  const address = readS3Address(`s3://grid?endpoint=${endpoint}`);
  const wrong = new S3Blobs(address, { ...KEYS, accessKeyId: 'somebody' });
  await expect(wrong.check()).rejects.toMatchObject({ code: 'blobs-refused' });
  const missing = expect.objectContaining({
    code: 'blobs-refused',
    message: expect.stringContaining('no such bucket'),
  });
  await expect(blobsAt('', 'absent').check()).rejects.toEqual(missing);
  const nobody = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => nobody.once('listening', resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const away = new S3Blobs(readS3Address(`s3://grid?endpoint=http://127.0.0.1:${port}`), KEYS);
  await expect(away.check()).rejects.toMatchObject({ code: 'blobs-unreachable' });
});

test('[ST82] what is no address of a bucket is refused', () => {
  expect(readS3Address('s3://grid/a/b?region=eu-west-1')).toMatchObject({
    prefix: 'a/b/',
    url: 'https://s3.eu-west-1.amazonaws.com/grid',
  });
  const wrong = ['', 'http://grid', 's3://', 's3://a', 's3://grid/ä%', 's3://me:key@grid'];
  for (const text of [...wrong, 's3://grid?endpoint=ftp://x', 's3://grid?region=A_B']) {
    expect(() => readS3Address(text), text).toThrow(
      expect.objectContaining({ code: 'input-invalid' }),
    );
  }
});
