import type { Command } from 'commander';
import { openRequest } from '../items/open-request';
import type { StartSession } from '../program';
import { jsonObject, moreDetails } from './failover';
import { type DangerOptions, isDangerous, startsJob } from './job-options';
import { type Intent, itemVerb, type Subject } from './item-verb';

interface Options extends DangerOptions {
  readonly details?: Record<string, unknown>;
  readonly to?: string;
  readonly migrated?: boolean;
}

type Where = readonly [string, string, string, string, string];

function whereOf({ connection: { vault, group }, place }: Subject): Where {
  return [vault, group, place.fabric, place.container, place.name];
}

/** What follows a failover, and the ends of protection. */
export function afterFailoverCommands(program: Command, start: StartSession): void {
  const verb = (command: Command, plan: (subject: Subject, options: Options) => Intent): void => {
    command.action((machine: string, options: Options, given: Command) =>
      itemVerb(start(given), machine, options, (subject) => plan(subject, options)),
    );
  };
  verb(
    isDangerous(program.command('commit <machine>')).description(
      'keep the failover: other recovery points are given up',
    ),
    planCommit,
  );
  verb(
    isDangerous(program.command('reprotect <machine>'))
      .description('after a commit: replicate the other way, over what the source holds')
      .option('--to <container-id>', 'A2A: the container at the other side, where it is not known')
      .option('--details <json>', moreDetails, jsonObject),
    planReprotect,
  );
  verb(
    isDangerous(program.command('cancel-failover <machine>')).description(
      'undo a failover that is not committed',
    ),
    planCancel,
  );
  verb(
    startsJob(program.command('resync <machine>')).description(
      'compare source and target, and copy what differs',
    ),
    planResync,
  );
  verb(
    isDangerous(program.command('unprotect <machine>'))
      .description('end protection and remove the replica with its recovery points')
      .option('--migrated', 'the machine stays at the target for good: complete the migration'),
    planUnprotect,
  );
}

function planCommit(subject: Subject): Intent {
  const items = subject.connection.site.replicationProtectedItems;
  return {
    operation: 'Commit',
    question: `Commit the failover of ${subject.view.machine}? Its other recovery points are given up.`,
    begin: (hearing) => items.beginFailoverCommit(...whereOf(subject), hearing),
  };
}

function planReprotect(subject: Subject, { details, to }: Options): Intent {
  const { site } = subject.connection;
  const { machine, scenario } = subject.view;
  const [vault, group, fabric, container, name] = whereOf(subject);
  const question = `Replicate ${machine} the other way? The disks at its old place are overwritten.`;
  if (scenario === 'A2A') {
    const recoveryContainerId = to ?? subject.item.properties?.recoveryContainerId;
    const providerSpecificDetails = { recoveryContainerId, ...details, instanceType: scenario };
    const request = { properties: { replicationProtectedItemName: name, providerSpecificDetails } };
    return {
      operation: 'SwitchProtection',
      request,
      question,
      begin: (hearing) =>
        site.replicationProtectionContainers.beginSwitchProtection(
          vault,
          group,
          fabric,
          container,
          openRequest(request),
          hearing,
        ),
    };
  }
  const request = {
    properties: {
      failoverDirection: 'RecoveryToPrimary',
      providerSpecificDetails: { ...details, instanceType: scenario },
    },
  };
  return {
    operation: 'ReverseReplicate',
    request,
    question,
    begin: (hearing) =>
      site.replicationProtectedItems.beginReprotect(...whereOf(subject), openRequest(request), hearing),
  };
}

function planCancel(subject: Subject): Intent {
  const items = subject.connection.site.replicationProtectedItems;
  return {
    operation: 'CancelFailover',
    question: `Cancel the failover of ${subject.view.machine}? What it wrote at the target is lost.`,
    begin: (hearing) => items.beginFailoverCancel(...whereOf(subject), hearing),
  };
}

function planResync(subject: Subject): Intent {
  const items = subject.connection.site.replicationProtectedItems;
  return {
    operation: 'RepairReplication',
    begin: (hearing) => items.beginRepairReplication(...whereOf(subject), hearing),
  };
}

function planUnprotect(subject: Subject, { migrated }: Options): Intent {
  const { machine, scenario } = subject.view;
  const items = subject.connection.site.replicationProtectedItems;
  const request = {
    properties: {
      disableProtectionReason: migrated === true ? 'MigrationComplete' : 'NotSpecified',
      replicationProviderInput: { instanceType: scenario },
    },
  };
  return {
    operation: migrated === true ? 'CompleteMigration' : 'DisableProtection',
    request,
    question: `End the protection of ${machine}? Its replica and recovery points are removed, unless the vault keeps what is deleted.`,
    begin: (hearing) => items.beginDelete(...whereOf(subject), openRequest(request), hearing),
  };
}
