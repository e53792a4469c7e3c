import { describeRowStore } from '../../test/row-store-contract.ts';
import { MemoryRowStore } from './row-store.ts';

describeRowStore('memory', () => new MemoryRowStore());
