/** Writes every asset of the samples into a folder (samples/dist unless named) and returns their names. */
export function buildSamples(folder?: string): Promise<string[]>;
