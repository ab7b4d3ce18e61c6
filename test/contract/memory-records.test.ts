import { MemoryRecords } from '../support/memory-records';
import { describeRecords } from './records.contract';

describeRecords('memory', async () => new MemoryRecords());
