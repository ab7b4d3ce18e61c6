import { connect, createServer, type Server } from 'node:net';
import { complete, connectRaw, dataMessage } from './raw-client';
import { trialKey } from './broker-process';

/** Every byte a client says while it logs in, sends, receives, completes and leaves. */
export async function recordedConversation(brokerPort: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { server, port } = await recorder(brokerPort, chunks);
  const client = await connectRaw(port, trialKey);
  const sender = client.sender('plain');
  await new Promise<void>((resolve) => {
    sender.once('sendable', () => void sender.send(dataMessage('recorded') as never));
    sender.once('accepted', () => resolve());
  });
  const receiver = client.receiver('plain', { credit: 5 });
  await new Promise<void>((resolve) => {
    receiver.once('message', ({ delivery }) => delivery && complete(delivery));
    receiver.once('settled', () => resolve());
  });
  await client.close();
  await new Promise((resolve) => server.close(resolve));
  return Buffer.concat(chunks);
}

function recorder(brokerPort: number, chunks: Buffer[]): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    const onward = connect(brokerPort, '127.0.0.1');
    socket.on('data', (chunk) => void chunks.push(chunk));
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });
}
