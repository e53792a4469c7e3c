import { type Blobs, GridError, type ShardId, shardIdSchema } from '@manytabs/protocol';
import { AwsClient } from 'aws4fetch';
import { isShard, verifyShard } from '../digest.ts';
import type { S3Address } from './s3-address.ts';

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

type Row = { readonly shard: ShardId; readonly bytes: number };

const ANSWER_MS = 30_000;
const RETRIES = 2;

/**
 * Shards as objects of a bucket, each named by its hash, which one coordinator owns. A shard is verified when it is read; one that
 * rotted is removed and counts as never stored.
 */
export class S3Blobs implements Blobs {
  readonly #address: S3Address;
  readonly #keys: S3Keys;
  readonly #client: AwsClient;

  constructor(address: S3Address, given: S3Keys) {
    const { accessKeyId, secretAccessKey, sessionToken } = given;
    const { region } = address;
    this.#address = address;
    this.#keys = given;
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    this.#client = new AwsClient({ ...keys, region, service: 's3', retries: RETRIES });
  }

  /** Those of a folder of its own in the same bucket. */
  under(folder: string): S3Blobs {
    return new S3Blobs(
      { ...this.#address, prefix: `${this.#address.prefix}${folder}/` },
      this.#keys,
    );
  }

  /** Whether the bucket takes these keys. @throws {GridError} `blobs-unreachable`, `blobs-refused` */
  async check(): Promise<void> {
    try {
      await this.#page(undefined, 1);
    } catch (cause) {
      const { bucket, url } = this.#address;
      const status = cause instanceof S3Refusal ? cause.status : undefined;
      const { origin } = new URL(url);
      if (status === undefined || status >= 500) {
        throw new GridError(
          'blobs-unreachable',
          `${origin} does not answer as a store of objects.`,
        );
      }
      const why = status === 404 ? 'has no such bucket' : `refuses the keys (${status})`;
      throw new GridError('blobs-refused', `${origin} ${why}: ${bucket}.`);
    }
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    await verifyShard(shard, copy);
    if (await this.has(shard)) return;
    await attempt(this.#ask('PUT', this.#nameOf(shard), copy));
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const response = await attempt(this.#ask('GET', this.#nameOf(shard)));
    if (!response) return undefined;
    const bytes = new Uint8Array(await attempt(response.arrayBuffer()));
    if (await isShard(shard, bytes)) return bytes;
    await this.delete(shard);
    return undefined;
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await attempt(this.#ask('HEAD', this.#nameOf(shard)))) !== undefined;
  }

  async delete(shard: ShardId): Promise<void> {
    await attempt(this.#ask('DELETE', this.#nameOf(shard)));
  }

  async list(): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let after: string | undefined; ; ) {
      const page = await attempt(this.#page(after, 1_000));
      rows.push(...page.rows);
      after = page.next;
      if (after === undefined) return rows;
    }
  }

  async size(): Promise<number> {
    return (await this.list()).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async close(): Promise<void> {}

  async #page(after: string | undefined, limit: number): Promise<{ rows: Row[]; next?: string }> {
    const { prefix } = this.#address;
    const query = new URLSearchParams({ 'list-type': '2', 'max-keys': `${limit}`, prefix });
    if (after !== undefined) query.set('continuation-token', after);
    const response = await this.#ask('GET', `?${query}`);
    if (!response) throw new S3Refusal(404);
    return pageOf(await response.text(), prefix);
  }

  #nameOf(shard: ShardId): string {
    return this.#address.prefix + shard;
  }

  /** Undefined where there is nothing of that name. */
  async #ask(method: string, name: string, body?: Uint8Array): Promise<Response | undefined> {
    const response = await this.#client.fetch(`${this.#address.url}/${name}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body ? { body: body as BodyInit } : {}),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new S3Refusal(response.status);
    return response;
  }
}

class S3Refusal extends GridError {
  readonly status: number;

  constructor(status: number) {
    super('storage-failed', `The store of objects answered with ${status}.`);
    this.status = status;
  }
}

async function attempt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof GridError) throw cause;
    throw new GridError('storage-failed', 'The store of objects does not answer.', { cause });
  }
}

/** Our own names have no character that XML spells otherwise; what else is in the bucket is left alone. */
function pageOf(xml: string, prefix: string): { rows: Row[]; next?: string } {
  const rows: Row[] = [];
  for (const [, object = ''] of xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
    const key = textOf(object, 'Key') ?? '';
    const shard = shardIdSchema.safeParse(key.slice(prefix.length));
    const bytes = Number(textOf(object, 'Size'));
    if (key.startsWith(prefix) && shard.success) rows.push({ shard: shard.data, bytes });
  }
  const next = textOf(xml, 'NextContinuationToken');
  return next === undefined ? { rows } : { rows, next };
}

function textOf(xml: string, tag: string): string | undefined {
  const found = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  return found?.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
