import { scenarios } from '../../model/scenarios';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { scenarioNamed } from '../policies/policy-details';

const systems = [
  { osName: 'Linux', osType: 'Linux', osVersions: [{ version: 'any', servicePack: '' }] },
  { osName: 'Windows', osType: 'Windows', osVersions: [{ version: 'any', servicePack: '' }] },
];

/** Disks are copied block by block below the file systems, so that every system that boots at the target is supported. */
export function supportedSystems(call: Call): Promise<ApiAnswer> {
  const wanted = call.query.get('instanceType');
  const named = wanted === null || wanted === '' ? Object.values(scenarios) : [scenarioNamed(wanted)];
  return Promise.resolve(
    ok({
      id: `${call.vaultId}/replicationSupportedOperatingSystems`,
      name: 'replicationSupportedOperatingSystems',
      type: 'Microsoft.RecoveryServices/vaults/replicationSupportedOperatingSystems',
      properties: {
        supportedOsList: named.map(({ instanceType }) => ({ instanceType, supportedOs: systems })),
      },
    }),
  );
}
