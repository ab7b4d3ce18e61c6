import type { Image } from '../disks/image';
import { abilities, magic, option, optionReply } from './protocol';
import type { ByteReader } from './byte-reader';

/** The greeting and the options, until an export is agreed on; undefined if the client goes without one. */
export async function shakeHands(
  reader: ByteReader,
  send: (bytes: Buffer) => void,
  find: (name: string) => Promise<Image | undefined>,
): Promise<Image | undefined> {
  const greeting = Buffer.alloc(18);
  greeting.writeBigUInt64BE(magic.greeting, 0);
  greeting.writeBigUInt64BE(magic.option, 8);
  greeting.writeUInt16BE(3, 16);
  send(greeting);
  const hasPadding = ((await reader.take(4)).readUInt32BE(0) & 2) === 0;
  for (;;) {
    const head = await reader.take(16);
    if (head.readBigUInt64BE(0) !== magic.option) return undefined;
    const asked = {
      code: head.readUInt32BE(8),
      data: await reader.take(Math.min(head.readUInt32BE(12), 8192)),
    };
    if (asked.code === option.abort) return undefined;
    if (asked.code === option.exportName) {
      const image = await find(asked.data.toString('utf8'));
      if (image !== undefined) send(Buffer.concat([described(image), Buffer.alloc(hasPadding ? 124 : 0)]));
      return image;
    }
    const image = await answerOption(asked, send, find);
    if (image !== undefined) return image;
  }
}

async function answerOption(
  { code, data }: { readonly code: number; readonly data: Buffer },
  send: (bytes: Buffer) => void,
  find: (name: string) => Promise<Image | undefined>,
): Promise<Image | undefined> {
  const reply = (type: number, body = Buffer.alloc(0)): void => send(optionAnswer(code, type, body));
  if (code !== option.go && code !== option.info) return void reply(optionReply.unsupported);
  const length = data.length < 6 ? -1 : data.readUInt32BE(0);
  if (length < 0 || data.length < length + 6) return void reply(optionReply.invalid);
  const image = await find(data.toString('utf8', 4, 4 + length));
  if (image === undefined) return void reply(optionReply.unknown);
  reply(optionReply.info, Buffer.concat([Buffer.alloc(2), described(image)]));
  reply(optionReply.ack);
  return code === option.go ? image : undefined;
}

function described({ sizeBytes }: Image): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 0);
  bytes.writeUInt16BE(abilities, 8);
  return bytes;
}

function optionAnswer(code: number, type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(magic.optionReply, 0);
  head.writeUInt32BE(code, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(body.length, 16);
  return Buffer.concat([head, body]);
}
