export { PostgresJournal, type PostgresJournalOptions } from './journal/postgres-journal.ts';
export { PostgresKeyValue } from './key-value/postgres-key-value.ts';
export { PostgresBlobs } from './postgres-blobs.ts';
export { PostgresStore, type PostgresStoreOptions } from './store/postgres-store.ts';
