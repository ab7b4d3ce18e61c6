// A small app for crash tests: each message is one page to write. It knows nothing of saving; the host does that.
const { app } = require('@azure/functions');
const { BlobServiceClient } = require('@azure/storage-blob');

const disk = BlobServiceClient.fromConnectionString(process.env.TARGET)
  .getContainerClient('disks')
  .getPageBlobClient('disk');

app.serviceBusQueue('writePage', {
  connection: 'SERVICE_BUS',
  queueName: 'writes',
  handler: async ({ page, value }) => {
    await disk.uploadPages(Buffer.alloc(512, value), page * 512, 512);
  },
});
