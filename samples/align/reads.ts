/** Bases of each read. */
export const READ_LENGTH = 100;
/** Bases of the genome of phage lambda. */
export const GENOME_LENGTH = 48_502;
