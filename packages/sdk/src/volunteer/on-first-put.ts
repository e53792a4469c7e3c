import type { Blobs } from '@manytabs/protocol';

/** Tells once when there is something in a store that was empty of ours: the moment to ask that it may stay. */
export function onFirstPut<B extends Pick<Blobs, 'put'>>(blobs: B, told: () => void): B {
  const put = blobs.put.bind(blobs);
  blobs.put = async (shard, bytes) => {
    await put(shard, bytes);
    blobs.put = put;
    told();
  };
  return blobs;
}
