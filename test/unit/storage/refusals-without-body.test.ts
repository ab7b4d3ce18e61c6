import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { translating } from '../../../shared/azure/storage-refusals';

let server: Server;
let status: number;
let code: string;

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(status, { 'x-ms-error-code': code }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function look(): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const credential = new StorageSharedKeyCredential('account', Buffer.from('key').toString('base64'));
  const service = new BlobServiceClient(`http://127.0.0.1:${port}/account`, credential, {
    retryOptions: { maxTries: 1 },
  });
  return translating(service.getContainerClient('c').getBlobClient('b').getProperties(), {
    BlobNotFound: 'ReplicaInvalid',
  });
}

describe('what storage answers to a request for properties, which has no body', () => {
  it.each([
    ['AuthorizationFailure', 403, 'StorageForbidden'],
    ['AuthorizationPermissionMismatch', 403, 'StorageForbidden'],
    ['BlobNotFound', 404, 'ReplicaInvalid'],
  ])('D16 is known by its header: %s', async (said, answered, expected) => {
    [status, code] = [answered, said];
    await expect(look()).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining(`${answered} ${said}`),
    });
  });

  it('passes as it is where nobody has a word for it', async () => {
    [status, code] = [403, 'AccountIsDisabled'];
    await expect(look()).rejects.toMatchObject({ name: 'RestError', statusCode: 403 });
  });
});
