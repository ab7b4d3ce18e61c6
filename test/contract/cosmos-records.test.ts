import { type Catalogue, startCatalogue } from '../../local/cosmos';
import { cosmosRecords } from '../../shared/azure/cosmos-records';
import { describeRecords } from './records.contract';

const key = Buffer.from('a key for tests').toString('base64');
let catalogue: Catalogue;
let databases = 0;

beforeAll(async () => {
  catalogue = await startCatalogue({ port: 0, key });
});

afterAll(() => catalogue.stop());

describeRecords('Cosmos DB', async () =>
  cosmosRecords({ endpoint: catalogue.endpoint, key, database: `database-${databases++}` }),
);
