/**
 * The seed of one task: 53 bits mixed from the job's seed and the task's index (murmur3's finalizer over the four
 * halves), so that every execution of the task draws the same numbers, wherever it runs.
 */
export function taskSeed(jobSeed: number, index: number): number {
  const low = mix(mix(jobSeed | 0) ^ index);
  const high = mix(low ^ mix(Math.floor(jobSeed / 2 ** 32) ^ Math.floor(index / 2 ** 32)));
  return (high >>> 11) * 2 ** 32 + (mix(high ^ low) >>> 0);
}

function mix(word: number): number {
  let hash = (word + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
