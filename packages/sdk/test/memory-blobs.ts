import type { Blobs, ShardId } from '@manytabs/protocol';
export class MemoryBlobs implements Blobs {
  readonly #map = new Map<ShardId, Uint8Array>();
  async put(shard: ShardId, bytes: Uint8Array) {
    this.#map.set(shard, bytes.slice());
  }
  async get(shard: ShardId) {
    return this.#map.get(shard);
  }
  async has(shard: ShardId) {
    return this.#map.has(shard);
  }
  async delete(shard: ShardId) {
    this.#map.delete(shard);
  }
  async list() {
    return [...this.#map].map(([shard, b]) => ({ shard, bytes: b.length }));
  }
  async size() {
    return 0;
  }
  async close() {}
}
