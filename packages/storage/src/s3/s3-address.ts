import { GridError } from '@manytabs/protocol';

export interface S3Address {
  readonly bucket: string;
  /** Before the names of shards; empty or with a slash at its end. */
  readonly prefix: string;
  /** Of the bucket, without a slash at its end. */
  readonly url: string;
  readonly region: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[\w./-]{0,200}$/;
const REGION = /^[a-z0-9-]{1,40}$/;

/**
 * Reads `s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION`; without an endpoint it is Amazon's.
 * @throws {GridError} `input-invalid`
 */
export function readS3Address(text: string): S3Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:') throw invalid('It begins with s3://');
  const { hostname: bucket, pathname, searchParams } = url;
  const region = searchParams.get('region') ?? 'us-east-1';
  const path = pathname.replace(/^\/+|\/+$/g, '');
  if (!BUCKET.test(bucket)) throw invalid('It names no bucket');
  if (!PREFIX.test(path) || path.includes('..')) throw invalid('Its path has odd characters');
  if (!REGION.test(region)) throw invalid('It names no region');
  if (url.username || url.password) throw invalid('Its keys belong into the environment');
  const endpoint = endpointOf(searchParams.get('endpoint'), region);
  return { bucket, prefix: path && `${path}/`, url: `${endpoint}/${bucket}`, region };
}

function endpointOf(text: string | null, region: string): string {
  if (text === null) return `https://s3.${region}.amazonaws.com`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw invalid('Its endpoint is odd');
  return url.href.replace(/\/+$/, '');
}

function invalid(why: string): GridError {
  const like = 's3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION';
  return new GridError('input-invalid', `The address of the blobs is no ${like}. ${why}.`);
}
