import { all, names, passes, quick, type ArmPlace, type ArmRow } from './place';

const { azureEast, azureWest } = names;
const group = 'ReplicationRecoveryPlans';

async function lastJob({ site, vault, group: rg }: ArmPlace): Promise<string> {
  const [job] = await all(site.replicationJobs.list(vault, rg));
  return job?.name ?? '';
}

const direction = 'PrimaryToRecovery' as const;

export const planRows: readonly ArmRow[] = [
  passes(
    `${group}_Create`,
    'makes a plan; its fixed groups come first',
    async ({ site, vault, group: rg, vaultId }) => {
      const made = await site.replicationRecoveryPlans.beginCreateAndWait(
        vault,
        rg,
        'all',
        {
          properties: {
            primaryFabricId: `${vaultId}/replicationFabrics/${azureEast}`,
            recoveryFabricId: `${vaultId}/replicationFabrics/${azureWest}`,
            groups: [
              {
                groupType: 'Boot',
                replicationProtectedItems: [],
                startGroupActions: [
                  {
                    actionName: 'look',
                    failoverTypes: ['TestFailover'],
                    failoverDirections: [direction],
                    customDetails: { instanceType: 'ManualActionDetails', description: 'look' },
                  },
                ],
                endGroupActions: [],
              },
            ],
          },
        },
        quick,
      );
      expect(made.properties?.groups?.map(({ groupType }) => groupType)).toEqual([
        'Shutdown',
        'Failover',
        'Boot',
      ]);
    },
  ),
  passes(`${group}_Get`, 'finds one', async ({ site, vault, group: rg }) => {
    expect((await site.replicationRecoveryPlans.get(vault, rg, 'ALL')).properties?.allowedOperations).toEqual(
      ['PlannedFailover', 'UnplannedFailover', 'TestFailover'],
    );
  }),
  passes(`${group}_List`, 'lists them', async ({ site, vault, group: rg }) => {
    expect(await all(site.replicationRecoveryPlans.list(vault, rg))).toHaveLength(1);
  }),
  passes(`${group}_Update`, 'changes the groups', async ({ site, vault, group: rg }) => {
    const groups = [{ groupType: 'Boot' }, { groupType: 'Boot' }];
    await site.replicationRecoveryPlans.beginUpdateAndWait(
      vault,
      rg,
      'all',
      { properties: { groups } },
      quick,
    );
    expect((await site.replicationRecoveryPlans.get(vault, rg, 'all')).properties?.groups).toHaveLength(4);
  }),
  passes(`${group}_Delete`, 'takes it away', async ({ site, vault, group: rg }) => {
    await site.replicationRecoveryPlans.beginDeleteAndWait(vault, rg, 'all', quick);
    await expect(site.replicationRecoveryPlans.get(vault, rg, 'all')).rejects.toMatchObject({
      statusCode: 404,
    });
  }),
];

async function job(place: ArmPlace, properties: Record<string, unknown>): Promise<string> {
  const jobId = '01890000-0000-7000-8000-000000000001';
  const { vaultId } = place;
  await place.seed(`${vaultId}/replicationJobs/${jobId}`, {
    ...{
      jobId,
      vaultId,
      scenarioName: 'Test',
      friendlyName: 'A test',
      stateDescription: 'InProgress',
      tasks: [],
      errors: [],
    },
    ...{
      targetId: vaultId,
      targetObjectId: '',
      targetObjectName: '',
      targetInstanceType: 'Vault',
      acceptedAtInMs: 0,
    },
    ...{ startTimeInMs: 1, activityId: '', affectedObjectDetails: {}, requestedBy: 'me' },
    ...{ orchestration: 'controlJob', input: { jobId, vaultId, changes: [] } },
    ...properties,
  });
  return jobId;
}

export const jobRows: readonly ArmRow[] = [
  passes(
    'ReplicationJobs_List',
    'lists newest first, filters, and keeps tasks to the job itself',
    async (place) => {
      const { site, vault, group: rg } = place;
      const found = await all(site.replicationJobs.list(vault, rg));
      const times = found.map(({ properties }) => properties?.startTime?.getTime() ?? 0);
      expect(times).toEqual(times.toSorted((left, right) => right - left));
      expect(found.every(({ properties }) => properties?.tasks?.length === 0)).toBe(true);
      const sites = await all(
        site.replicationJobs.list(vault, rg, { filter: "scenarioName eq 'CreateSite'" }),
      );
      expect(sites.length).toBeGreaterThan(1);
      expect(sites.length).toBeLessThan(found.length);
    },
  ),
  passes('ReplicationJobs_Get', 'shows a job', async (place) => {
    const found = await place.site.replicationJobs.get(place.vault, place.group, await lastJob(place));
    expect(found.properties?.state).toBe('Succeeded');
  }),
  passes('ReplicationJobs_Cancel', 'asks a running job to end', async (place) => {
    const jobId = await job(place, { state: 'InProgress' });
    const answer = await place.site.replicationJobs.beginCancelAndWait(
      place.vault,
      place.group,
      jobId,
      quick,
    );
    expect(answer.properties?.stateDescription).toBe('Cancelling');
  }),
  passes('ReplicationJobs_Resume', 'lets a suspended job go on', async (place) => {
    const jobId = await job(place, { state: 'Suspended' });
    const comments = { properties: { comments: 'go on' } };
    const answer = await place.site.replicationJobs.beginResumeAndWait(
      place.vault,
      place.group,
      jobId,
      comments,
      quick,
    );
    expect(answer.name).toBe(jobId);
  }),
  passes('ReplicationJobs_Restart', 'does a failed job again, as a new one', async (place) => {
    const jobId = await job(place, { state: 'Failed' });
    const { site, vault, group: rg } = place;
    await site.replicationJobs.beginRestartAndWait(vault, rg, jobId, quick);
    const again = await site.replicationJobs.get(vault, rg, await lastJob(place));
    expect(again.name).not.toBe(jobId);
    expect(again.properties).toMatchObject({ scenarioName: 'Test', state: 'Succeeded' });
  }),
  passes('ReplicationJobs_Export', 'writes jobs down and says where', async (place) => {
    const { site, vault, group: rg } = place;
    await site.replicationJobs.beginExportAndWait(
      vault,
      rg,
      { jobStatus: 'Succeeded', jobOutputType: 'Json' },
      quick,
    );
    const found = await site.replicationJobs.get(vault, rg, await lastJob(place));
    expect(found.properties?.customDetails).toMatchObject({
      instanceType: 'ExportJobDetails',
      blobUri: expect.stringContaining('https://') as string,
    });
  }),
];
