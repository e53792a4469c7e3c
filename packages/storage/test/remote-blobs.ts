import { type Blobs, type ErrorCode, GridError, type ShardId } from '@manytabs/protocol';
import type { Page } from 'playwright-core';
import type { StoreCommand } from './remote-store.ts';

export type PageCommand =
  | { readonly do: 'open' | 'open-best'; readonly name: string }
  | { readonly do: 'put'; readonly shard: ShardId; readonly bytes: Uint8Array }
  | { readonly do: 'get' | 'has' | 'delete' | 'rot'; readonly shard: ShardId }
  | { readonly do: 'list' | 'size' | 'close' }
  | StoreCommand;

export type Answer =
  | { readonly value: unknown }
  | { readonly code: ErrorCode; readonly message: string };

/** The storage of a page, used from here. */
export class RemoteBlobs implements Blobs {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async do(command: PageCommand): Promise<unknown> {
    return await askPage(this.#page, command);
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    // The debugging port reads it later than a call in the page would.
    await this.do({ do: 'put', shard, bytes: new Uint8Array(bytes) });
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    return (await this.do({ do: 'get', shard })) as Uint8Array | undefined;
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await this.do({ do: 'has', shard })) as boolean;
  }

  async delete(shard: ShardId): Promise<void> {
    await this.do({ do: 'delete', shard });
  }

  async list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    return (await this.do({ do: 'list' })) as { shard: ShardId; bytes: number }[];
  }

  async size(): Promise<number> {
    return (await this.do({ do: 'size' })) as number;
  }

  async close(): Promise<void> {
    await this.do({ do: 'close' });
  }
}

/** @throws {GridError} what the page threw */
export async function askPage(page: Page, command: PageCommand): Promise<unknown> {
  const answer = await page.evaluate((value) => window.command(value), command);
  if ('code' in answer) throw new GridError(answer.code, answer.message);
  return answer.value;
}
