import type { Refusal } from './refusal';

/** What a change log, a replica or a recovery point is refused with. */
export const replication = {
  StaleWriter: {
    status: 412,
    retry: 'never',
    causes: 'Another worker, or a fence, moved the replica disk on.',
    action: 'Nothing: the worker reads the position again and decides.',
  },
  ReplicaInvalid: {
    status: 409,
    retry: 'never',
    causes:
      'The replica disk was deleted or replaced by somebody else: it is not at a position that it had reached.',
    action: 'Disable protection of the machine and enable it again; find out who changed the target account.',
  },
  StorageForbidden: {
    status: 403,
    retry: 'never',
    causes: 'A storage account refuses the service: a role assignment, a key or a network rule was changed.',
    action: 'Give the identity of the service its roles on the storage account back, then start a resync.',
  },
  DiskTooLarge: {
    status: 400,
    retry: 'never',
    causes: 'The disk is larger than a fixed VHD can be: 2,040 GiB.',
    action: 'Leave the disk out of protection, or split it.',
  },
  LogTorn: {
    status: 422,
    retry: 'never',
    causes: 'A part of the change log does not match its checksum: it was damaged or only partly written.',
    action: 'Send the log again from the spool; if that is damaged too, start a resync.',
  },
  LogTruncated: {
    status: 422,
    retry: 'never',
    causes: 'The change log ends before its trailer: the upload was cut.',
    action: 'Send the log again from the spool.',
  },
  LogOversized: {
    status: 413,
    retry: 'never',
    causes: 'The change log, or a part of it, claims more than the format allows.',
    action: 'Seal logs sooner: at most 256 MiB of data, in frames of at most 256 KiB.',
  },
  LogCorrupt: {
    status: 422,
    retry: 'never',
    causes:
      'The change log contradicts itself: counts, lengths or digests do not agree, though its checksums do.',
    action: 'Look for a fault in the program that wrote the log; then start a resync.',
  },
  LogOutOfRange: {
    status: 422,
    retry: 'never',
    causes: 'The change log writes beyond the end of the disk it names.',
    action: 'If the disk grew, report its new size first; otherwise start a resync.',
  },
  LogUnaligned: {
    status: 422,
    retry: 'never',
    causes: 'A size or an offset in the change log is not a whole number of 512-byte sectors.',
    action: 'Look for a fault in the program that wrote the log; then start a resync.',
  },
  LogUnknownVersion: {
    status: 422,
    retry: 'never',
    causes:
      'The file is not a change log, or of a version, codec or record kind that this release does not read.',
    action: 'Upgrade the service before the agents.',
  },
  LogForeignEpoch: {
    status: 422,
    retry: 'never',
    causes: 'The change log says that it belongs to another replica or epoch than the place it was put.',
    action: 'Send the log of this replica and epoch; if there is none, ask for a new epoch.',
  },
  LogReordered: {
    status: 422,
    retry: 'never',
    causes: 'The change log carries a later sequence than its name.',
    action: 'Send the log of the sequence that the status answer wants.',
  },
  LogReplayed: {
    status: 422,
    retry: 'never',
    causes: 'The change log carries an earlier sequence than its name: an old log was sent again.',
    action: 'Send the log of the sequence that the status answer wants.',
  },
  LogBrokenChain: {
    status: 422,
    retry: 'never',
    causes:
      'The change log does not follow the log before it: two agents, or two lives of one, share an epoch.',
    action: 'Make sure that one agent alone feeds the replica, then start a resync.',
  },
  CacheFull: {
    status: 429,
    retry: 'later',
    causes: 'The change logs of this replica that wait in the cache have reached its quota.',
    action: 'Keep logs in the spool and ask again; if it stays, look at why the replica does not follow.',
  },
  SnapshotRefused: {
    status: 409,
    retry: 'later',
    causes: 'The storage account takes no more snapshots of this disk for now.',
    action:
      'Nothing: the next marker is tried again. Turn the journal on if markers come faster than snapshots may.',
  },
  BaseMoved: {
    status: 409,
    retry: 'never',
    causes: 'The replica is not closed exactly at the position that the new epoch was to continue from.',
    action: 'Ask for a `rebase` epoch.',
  },
  PointNotWhole: {
    status: 409,
    retry: 'later',
    causes: 'The recovery point is not held by every disk of its marker, or is being removed.',
    action: 'Choose a recovery point that is listed as whole.',
  },
  PointPinned: {
    status: 409,
    retry: 'later',
    causes: 'A running job needs a recovery point of this replica.',
    action: 'Wait for the job that the message names, or cancel it.',
  },
  NoRecoveryPoint: {
    status: 409,
    retry: 'later',
    causes: 'No recovery point of the wanted kind is whole for every disk of the machine.',
    action: 'Wait for the first point, or choose one that the list of recovery points shows.',
  },
} as const satisfies Record<string, Refusal>;
