import { readFileSync } from 'node:fs';
import { systemClock } from '../../shared/system/system-clock';
import { systemIds } from '../../shared/system/system-ids';
import type { Log } from '../../shared/ports/log';
import { AgentState } from '../run/agent-state';
import { discoverFrom } from '../site/discovery/discover-from';
import { MasterTarget } from '../site/master-target/master-target';
import { ProcessServer } from '../site/process-server/process-server';
import { openHypervisor } from '../site/provider/open-hypervisor';
import { Provider } from '../site/provider/provider';
import { runCommand } from '../site/provider/run-command';
import { readSiteTrust, type SiteTrust } from '../site/site-trust';
import type { SiteRole } from '../site/site-role';
import type { RoleName, RunOptions } from './run-options';

interface Surroundings {
  readonly log: Log;
  readonly certificateAuthority: string | undefined;
}

/** The roles that were asked for, but for the one beside the disks. */
export async function openRoles(options: RunOptions, surroundings: Surroundings): Promise<SiteRole[]> {
  const roles: SiteRole[] = [];
  for (const name of new Set(options.role ?? [])) {
    if (name !== 'mobility') roles.push(await openRole(name, options, surroundings));
  }
  return roles;
}

/** What the agent shows to others of the site, if it was given that. */
export function siteTrustOf({ siteAuthority, siteCertificate, siteKey }: RunOptions): SiteTrust | undefined {
  if (siteAuthority === undefined || siteCertificate === undefined || siteKey === undefined) return undefined;
  return readSiteTrust({ authorityFile: siteAuthority, certificateFile: siteCertificate, keyFile: siteKey });
}

function openRole(
  name: Exclude<RoleName, 'mobility'>,
  options: RunOptions,
  { log, certificateAuthority }: Surroundings,
): Promise<SiteRole> {
  const clock = systemClock;
  switch (name) {
    case 'process-server':
      return ProcessServer.open({
        ...{ clock, log, certificateAuthority, trust: expectTrust(options), listen: options.relayListen },
        ...{ folder: `${options.state}/relay`, spoolKey: new AgentState(options.state).spoolKey() },
        ...{ quotaBytes: options.spoolQuota, advertisedHost: options.advertise },
      });
    case 'master-target':
      return MasterTarget.open({
        ...{ clock, ids: systemIds, log, trust: expectTrust(options), listen: options.targetListen },
        ...{ folder: options.replicas, format: options.replicaFormat, advertisedHost: options.advertise },
      });
    case 'provider':
      return Promise.resolve(openProvider(options, { log, certificateAuthority }));
  }
}

function openProvider(
  { hypervisor: place, bootWords, discover, discoverUser: user, discoverPassword }: RunOptions,
  { log, certificateAuthority }: Surroundings,
): SiteRole {
  if (place === undefined) throw new Error('a provider needs --hypervisor');
  const password =
    discoverPassword === undefined ? undefined : readFileSync(discoverPassword, 'utf8').trimEnd();
  return new Provider({
    ...{ clock: systemClock, log },
    hypervisor: openHypervisor(place, { run: runCommand, clock: systemClock, bootWords }),
    discover:
      discover === undefined
        ? undefined
        : discoverFrom(discover, { run: runCommand, user, password, certificateAuthority }),
  });
}

function expectTrust(options: RunOptions): SiteTrust {
  const trust = siteTrustOf(options);
  if (trust !== undefined) return trust;
  throw new Error('a server of a site needs --site-authority, --site-certificate and --site-key');
}
