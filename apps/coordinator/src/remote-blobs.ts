import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { readS3Address, S3Blobs } from '@manytabs/storage/node';

/** Where the large shards of the grid in this folder are, if not in it; who opens the folder must know. */
function addressFile(dataDir: string): string {
  return join(dataDir, 'blobs-at');
}

/** @throws {GridError} `input-invalid`, `blobs-refused` where the environment has no keys */
export function remoteBlobs(dataDir: string): S3Blobs | undefined {
  const path = addressFile(dataDir);
  return existsSync(path) ? blobsAt(readFileSync(path, 'utf8').trim()) : undefined;
}

/**
 * Looks whether the bucket can be used, and notes it down for good.
 * @throws {GridError} `input-invalid`, `blobs-unreachable`, `blobs-refused`, `usage` where the grid has another one
 */
export async function useRemoteBlobs(dataDir: string, address: string | undefined): Promise<void> {
  const path = addressFile(dataDir);
  const known = existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  if (address !== undefined && known !== undefined && address !== known) {
    throw new GridError('usage', `The data of this grid is at ${known}.`);
  }
  const used = address ?? known;
  if (used === undefined) return;
  await blobsAt(used).check();
  if (known === undefined) writeFileSync(path, `${used}\n`);
}

/** @throws {GridError} `input-invalid`, `blobs-refused` where the environment has no keys */
export function blobsAt(address: string): S3Blobs {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  const place = readS3Address(address);
  if (accessKeyId && secretAccessKey) {
    return new S3Blobs(place, { accessKeyId, secretAccessKey, sessionToken });
  }
  throw new GridError('blobs-refused', 'The environment has no keys for the store of objects.');
}
