import type { LogHeader } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';

export interface GoldenLog {
  readonly name: string;
  readonly header: LogHeader;
  readonly extents: readonly Extent[];
  readonly codec: 'none' | 'lz4';
  readonly digest: string;
}

const header: LogHeader = {
  replicaId: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  epoch: 1,
  sequence: 2,
  previousDigest: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  diskSizeBytes: 1_048_576,
  firstWriteTimeInMs: 1_700_000_000_000,
  lastWriteTimeInMs: 1_700_000_000_250,
};

const marker = {
  id: '11111111-2222-4333-8444-555555555555',
  kind: 'app',
  members: [header.replicaId, '9d444840-9dc0-11d1-b245-5ffdce74fad2'],
  seenServiceTimeInMs: 1_700_000_000_100,
  cutTimeInMs: 1_700_000_000_251,
} as const;

/** Logs whose bytes are fixed for good: what other implementations are checked against. */
export const goldenLogs: readonly GoldenLog[] = [
  {
    name: 'marker-only',
    header: { ...header, marker },
    extents: [],
    codec: 'none',
    digest: 'fb36f531cd9e4b3eac42e2b20eb16fd8906e23d061a6698201cda918a28e6226',
  },
  {
    name: 'sorted',
    header,
    extents: [
      { kind: 'data', offsetBytes: 512, lengthBytes: 512, data: Buffer.alloc(512, 0xab) },
      { kind: 'zero', offsetBytes: 4096, lengthBytes: 65_536 },
    ],
    codec: 'none',
    digest: '88b1a36fe6659e3769175f66bc4b6265f55807092da58027a554ffe525c4f73e',
  },
  {
    name: 'unsorted-with-marker',
    header: { ...header, marker },
    extents: [
      { kind: 'zero', offsetBytes: 4096, lengthBytes: 65_536 },
      { kind: 'data', offsetBytes: 4608, lengthBytes: 1024, data: Buffer.alloc(1024, 0xcd) },
    ],
    codec: 'none',
    digest: 'eede4799d68497475738daaf9a3333ae5e8db60c5f869bda4770fee8384fc68a',
  },
  {
    name: 'compressed',
    header,
    extents: [{ kind: 'data', offsetBytes: 0, lengthBytes: 8192, data: Buffer.alloc(8192, 'lifeboat') }],
    codec: 'lz4',
    digest: '3191d549343a00e906b20693420321f12dd4e7c92394d83616b48a65db0bdaa6',
  },
];
