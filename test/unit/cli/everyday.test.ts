import { Harbour, rpoExceeded } from './harbour';

describe('the command line, on a vault with machines', () => {
  let harbour: Harbour;
  let webId: string;

  beforeAll(async () => {
    harbour = await Harbour.open();
    webId = await harbour.protect('web', { rpoInSeconds: 95 });
    await harbour.protect('mail', {
      health: 'Critical',
      rpoInSeconds: 7_300,
      healthErrors: [rpoExceeded],
    });
    for (const minute of [1, 2, 3]) {
      await harbour.seed(`${webId}/recoveryPoints/point-${minute}`, {
        timeInMs: Date.parse(`2026-01-01T00:0${minute}:00Z`),
        kind: minute === 2 ? 'ApplicationConsistent' : 'CrashConsistent',
        diskIds: [],
      });
    }
  });

  afterAll(() => harbour.close());
  beforeEach(() => harbour.change(webId, { state: 'Protected', testFailover: 'None', hold: undefined }));

  const json: Harbour['json'] = (words) => harbour.json(words);

  it('shows machines, worst first', async () => {
    const { code, output, notes } = await harbour.lifeboat('status');
    expect({ code, notes }).toEqual({ code: 0, notes: '' });
    expect(output).toMatchInlineSnapshot(`
      "MACHINE  STATE      HEALTH    RPO         PENDING MB  ACTIVE   JOB  LAST TEST
      -------  ---------  --------  ----------  ----------  -------  ---  ---------
      mail     Protected  Critical  2 h 1 min   -           Primary  -    -
      web      Protected  Normal    1 min 35 s  -           Primary  -    -
      "
    `);
  });

  it('shows all that is known of one machine', async () => {
    expect(await json('status mail')).toMatchInlineSnapshot(
      { id: expect.any(String) },
      `
      {
        "activeLocation": "Primary",
        "allowedOperations": [
          "PlannedFailover",
          "UnplannedFailover",
          "DisableProtection",
          "TestFailover",
        ],
        "copiedPercent": 100,
        "disks": [],
        "errors": [
          {
            "action": "Start the agent.",
            "causes": "The agent is silent.",
            "code": "RpoExceeded",
            "level": "Error",
            "message": "The newest recovery point is older than the policy allows.",
          },
        ],
        "health": "Critical",
        "id": Any<String>,
        "lastFailover": null,
        "lastTestFailover": null,
        "machine": "mail",
        "pendingMegabytes": null,
        "policy": "daily",
        "rpoInSeconds": 7300,
        "runningJob": null,
        "scenario": "HyperVReplicaAzure",
        "state": "Protected",
      }
    `,
    );
  });

  it('answers queries, in every format', async () => {
    const tsv = await harbour.lifeboat('status -o tsv --query [].[machine,health]');
    expect(tsv.output).toBe('mail\tCritical\nweb\tNormal\n');
    expect(await json('status --query [?health==`Critical`].machine')).toEqual(['mail']);
    expect((await harbour.lifeboat('status --query length(@)')).output).toBe('2\n');
  });

  it('lists recovery points, newest first', async () => {
    const points = await json('points web');
    expect(points.map(({ time, type }: { time: string; type: string }) => `${time} ${type}`)).toEqual([
      '2026-01-01T00:03:00.000Z CrashConsistent',
      '2026-01-01T00:02:00.000Z ApplicationConsistent',
      '2026-01-01T00:01:00.000Z CrashConsistent',
    ]);
    expect(await json('points web --top 1')).toHaveLength(1);
  });

  it('shows what a failover would do, and does nothing', async () => {
    const before = harbour.world.jobs.all.size;
    const plan = await json('failover web --point 2026-01-01T00:02:30Z --what-if');
    expect(plan).toMatchObject({
      whatIf: true,
      operation: 'UnplannedFailover',
      isAllowed: true,
      recoveryPoint: '2026-01-01T00:02:00.000Z',
      request: {
        properties: {
          sourceSiteOperations: 'NotRequired',
          providerSpecificDetails: {
            instanceType: 'HyperVReplicaAzure',
            recoveryPointId: `${webId}/recoveryPoints/point-2`,
          },
        },
      },
    });
    expect(await json('commit web --what-if')).toMatchObject({ isAllowed: false });
    expect(harbour.world.jobs.all.size).toBe(before);
  });

  it('fails over to the newest application-consistent point, waits, and shows the job', async () => {
    const said = await harbour.lifeboat('failover web --point latest-app --reason storm --yes -o json', {
      whileWaiting: () => harbour.endJobs(),
      isTerminal: { notes: true },
    });
    expect(said).toMatchObject({ code: 0, notes: expect.stringContaining('✓') });
    expect(JSON.parse(said.output)).toMatchObject({
      name: 'UnplannedFailover',
      target: 'web',
      state: 'Succeeded',
    });
    const jobs = [...harbour.world.jobs.all.values()];
    const recoveryPointId = `${webId}/recoveryPoints/point-2`;
    expect(jobs.at(-1)?.input).toMatchObject({ recoveryPointId, comments: 'storm' });
    expect(await json('status web')).toMatchObject({
      state: 'Failover completed',
      activeLocation: 'Recovery',
    });
  });

  it.each([
    ['test web', 'testFailover', 'Protected'],
    ['test web --cleanup', 'testFailoverCleanup', 'TestFailoverCleanupPending'],
    ['failover web --planned --yes', 'plannedFailover', 'Protected'],
    ['commit web --yes', 'commitFailover', 'UnplannedFailoverCommitPendingStatesBegin'],
    ['failover web --back --yes', 'plannedFailover', 'UnplannedFailoverCommitted'],
    [
      'change-point web --point latest --yes',
      'applyRecoveryPoint',
      'UnplannedFailoverCommitPendingStatesBegin',
    ],
    ['reprotect web --yes', 'reprotect', 'FailbackCommitted'],
  ])('lifeboat %s starts %s', async (words, orchestration, state) => {
    await harbour.change(webId, { state });
    const said = await harbour.lifeboat(`${words} --no-wait -o json`);
    expect(said).toMatchObject({ code: 0, notes: '' });
    const { job } = JSON.parse(said.output) as { job: string };
    expect(harbour.world.jobs.all.get(job)).toMatchObject({ orchestration });
    await harbour.endJobs({ state: 'Cancelled' });
  });

  it('asks before what destroys, and takes no for an answer', async () => {
    const person = { isTerminal: { input: true, notes: true } };
    const before = harbour.world.jobs.all.size;
    const no = await harbour.lifeboat('failover web', { ...person, answer: 'n' });
    expect(no).toMatchObject({ code: 2, notes: expect.stringContaining('are lost. [y/N]') });
    const nobody = await harbour.lifeboat('unprotect web');
    expect(nobody).toMatchObject({ code: 2, output: '', notes: expect.stringContaining('Add --yes') });
    expect(harbour.world.jobs.all.size).toBe(before);
    const yes = await harbour.lifeboat('failover web --no-wait', { ...person, answer: 'y' });
    expect(yes.code).toBe(0);
    await harbour.endJobs({ state: 'Cancelled' });
  });

  it('ends with 4 and the reason when the job failed', async () => {
    const error = {
      code: 'TargetQuotaExceeded',
      message: 'No cores left.',
      causes: 'Full.',
      action: 'Ask for more.',
    };
    const said = await harbour.lifeboat('test web -o json', {
      whileWaiting: () => harbour.endJobs({ state: 'Failed', error }),
    });
    expect(said.code).toBe(4);
    expect(JSON.parse(said.output)).toMatchObject({ state: 'Failed', errors: [error] });
    expect(said.notes).toContain('TargetQuotaExceeded: No cores left.');
    expect(said.notes).toContain('next:  Ask for more.');
  });

  it('ends with 5 when it has waited long enough, and says how to go on', async () => {
    const said = await harbour.lifeboat('test web --timeout 7');
    expect(said).toMatchObject({
      code: 5,
      output: '',
      notes: expect.stringMatching(/lifeboat jobs watch [-0-9a-f]+/),
    });
    await harbour.endJobs({ state: 'Cancelled' });
  });

  it('ends with 130 when it is interrupted, and leaves the job alone', async () => {
    const interrupted = new AbortController();
    const said = await harbour.lifeboat('test web', {
      interrupted,
      whileWaiting: async () => interrupted.abort(),
    });
    expect(said).toMatchObject({ code: 130, notes: expect.stringContaining('goes on without you') });
    await harbour.endJobs({ state: 'Cancelled' });
  });

  it('protects a machine that the site has shown', async () => {
    await harbour.show('barn');
    const said = await harbour.lifeboat('protect barn -o json', { whileWaiting: () => harbour.endJobs() });
    expect(said).toMatchObject({ code: 0, notes: '' });
    expect(JSON.parse(said.output)).toMatchObject({ name: 'EnableDr', state: 'Succeeded' });
    expect(await json('status barn')).toMatchObject({ policy: 'daily', scenario: 'HyperVReplicaAzure' });
    const ended = await harbour.lifeboat('unprotect barn --yes', { whileWaiting: () => harbour.endJobs() });
    expect(ended.code).toBe(0);
  });

  it('lists, shows, cancels and restarts jobs', async () => {
    expect(await harbour.lifeboat('test web --no-wait')).toMatchObject({ code: 0, notes: '' });
    const [newest] = await json('jobs list --state NotStarted --machine web');
    expect(newest).toMatchObject({ name: 'TestFailover', target: 'web', allowedActions: ['Cancel'] });
    expect((await json(`jobs show ${newest.job}`)).tasks.length).toBeGreaterThan(1);
    expect((await json(`jobs cancel ${newest.job}`)).description).toBe('Cancelling');
    const error = { code: 'Broken', message: 'It broke.', causes: '', action: '' };
    await harbour.endJobs({ state: 'Failed', error });
    expect((await harbour.lifeboat(`jobs watch ${newest.job}`)).code).toBe(4);
    const again = await json(`jobs restart ${newest.job} --no-wait`);
    expect(again.job).not.toBe(newest.job);
    await harbour.endJobs({ state: 'Cancelled' });
  });

  it('follows events until it is interrupted, each once', async () => {
    await harbour.lifeboat('test web --no-wait');
    await harbour.endJobs({ state: 'Cancelled' });
    const interrupted = new AbortController();
    let looks = 0;
    const said = await harbour.lifeboat('events follow -o json', {
      interrupted,
      whileWaiting: async () => void (++looks === 2 && interrupted.abort()),
    });
    expect(said).toMatchObject({ code: 130, notes: '' });
    const events = said.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ event }) => event)).size).toBe(events.length);
    expect((await json('events list --top 1'))[0].event).toBe(events.at(-1)?.event);
  });

  it('runs a recovery plan', async () => {
    const made = await harbour.world.finish(
      'PUT',
      `${(await json('status web')).id.split('/replicationFabrics')[0]}/replicationRecoveryPlans/all`,
      {
        properties: {
          primaryFabricId: webId.split('/replicationProtectionContainers')[0],
          recoveryFabricId: 'Microsoft Azure',
          failoverDeploymentModel: 'ResourceManager',
          groups: [
            {
              groupType: 'Boot',
              replicationProtectedItems: [{ id: webId }],
              startGroupActions: [],
              endGroupActions: [],
            },
          ],
        },
      },
    );
    expect(made.body).toMatchObject({ status: 'Succeeded' });
    expect(await json('plan list')).toMatchObject([{ plan: 'all', groups: 1, machines: 1 }]);
    expect((await harbour.lifeboat('plan run all')).code).toBe(2);
    const said = await harbour.lifeboat('plan run ALL --reason storm --yes -o json', {
      whileWaiting: () => harbour.endJobs(),
    });
    expect(said).toMatchObject({ code: 0 });
    expect(JSON.parse(said.output)).toMatchObject({ target: 'all', state: 'Succeeded' });
    expect([...harbour.world.jobs.all.values()].at(-1)?.input).toMatchObject({ comments: 'storm' });
    expect((await harbour.lifeboat('plan show al')).notes).toContain('Did you mean all?');
  });

  it('shows the health of the vault', async () => {
    expect(await json('health')).toMatchObject({
      machines: 2,
      critical: 1,
      normal: 1,
      issues: [{ code: 'RpoExceeded', affected: 1 }],
    });
  });

  it('finds the only vault there is', async () => {
    const said = await harbour.lifeboat('status -o tsv --query [].machine', {
      environment: { LIFEBOAT_VAULT: '', LIFEBOAT_RESOURCE_GROUP: '' },
    });
    expect(said).toMatchObject({ code: 0, output: 'mail\nweb\n' });
    expect(await json('vault list')).toMatchObject([{ vault: 'harbour', resourceGroup: 'rescue' }]);
  });

  it('says where the page is', async () => {
    const { output } = await harbour.lifeboat('page');
    expect(output.trim().toLowerCase()).toBe(
      `${harbour.server.endpoint}/ui#${webId.split('/replicationFabrics')[0]}`.toLowerCase(),
    );
  });

  it('examines everything between here and the vault', async () => {
    const findings = (await json('doctor')) as { check: string; result: string }[];
    const results = Object.fromEntries(findings.map(({ check, result }) => [check, result]));
    expect(results).toMatchObject({
      settings: 'ok',
      service: 'ok',
      'sign-in': 'ok',
      vault: 'ok',
      agents: 'ok',
      machines: 'warning',
    });
  });
});
