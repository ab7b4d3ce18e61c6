import { setMaxListeners } from 'node:events';
import type { DesiredReplica, DesiredTask } from '../../shared/contracts/agent/desired';
import type { AgentRole } from '../../shared/contracts/agent/identity';
import type { ReplicaReport, ReportedMachine, StatusAnswer } from '../../shared/contracts/agent/report';
import type { Clock } from '../../shared/ports/clock';
import type { Ids } from '../../shared/ports/ids';
import type { Log } from '../../shared/ports/log';
import { Freezer, type FreezeScript } from '../markers/freezer';
import { GroupKeeper } from '../markers/group/group-keeper';
import type { GroupSettings } from '../markers/group/group-settings';
import { MarkerKeeper } from '../markers/marker-keeper';
import type { ProtectedDisk } from '../replica/protected-disk';
import type { Desired, ServiceClient } from '../service/service-client';
import { groupRefusal } from '../scan/group-refusal';
import type { Scanner } from '../scan/scanner';
import type { Telling } from '../site/site-role';
import { keepTrying } from './keep-trying';
import { mobilityTasks } from './mobility-tasks';
import type { ReplicaWorker } from './replica-worker';
import { type TaskHandler, Tasks } from './tasks';
import { Wake } from './wake';

export interface AgentLoopOptions {
  readonly service: ServiceClient;
  readonly workers: readonly ReplicaWorker[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly version: string;
  readonly roles: readonly AgentRole[];
  /** The machines this agent speaks for, as they are now. */
  readonly machines: () => Promise<readonly ReportedMachine[]>;
  readonly taskHandlers: Partial<Record<DesiredTask['kind'], TaskHandler>>;
  readonly scriptsFolder?: string | undefined;
  readonly freezeScript?: FreezeScript | undefined;
  readonly group: Pick<
    GroupSettings,
    'agentId' | 'key' | 'listenAddress' | 'prepareLimitInMs' | 'holdLimitInMs'
  >;
  readonly scanner?: Scanner | undefined;
  readonly onReport?: (answer: StatusAnswer, replicas: readonly ReplicaReport[]) => Promise<void>;
  readonly onWish?: (wish: Desired['state']) => void;
  /** What the agent's roles for its site have to tell. */
  readonly site?: () => Promise<Telling>;
}

const longPollInMs = 20_000;

/** Reads what is wanted, makes it so, and says what is: the loop of every role. */
export class AgentLoop {
  readonly #options: AgentLoopOptions;
  readonly #markers: MarkerKeeper;
  readonly #groups: GroupKeeper;
  readonly #tasks: Tasks;
  readonly #desiredWake = new Wake();
  readonly #statusWake = new Wake();
  readonly #markerWake = new Wake();
  readonly #groupWake = new Wake();
  /** What is wanted, as it was read last, and as it was followed to the end last. */
  #read: Desired | undefined;
  #followed: Desired | undefined;
  #lastAnswer: StatusAnswer | undefined;

  constructor(options: AgentLoopOptions) {
    this.#options = options;
    const { clock, ids, log, service, freezeScript } = options;
    const parts = {
      freezer: new Freezer(freezeScript, log),
      seenServiceTime: () => service.seenServiceTimeInMs,
      diskOf: (replicaId: string) => this.#workerOf(replicaId)?.disk,
      onCut: () => {
        for (const worker of options.workers) worker.wake();
      },
    };
    this.#markers = new MarkerKeeper({ ...parts, clock, ids, scanner: options.scanner });
    this.#groups = new GroupKeeper({
      ...parts,
      settings: { ...options.group, clock, ids, log },
      onDue: () => this.#groupWake.now(),
    });
    const { certificateAuthority } = service;
    const disks = options.workers.map((worker) => worker.disk);
    const own = mobilityTasks({ ...options, disks, certificateAuthority });
    const sealRemaining = this.#sealRemaining.bind(this);
    this.#tasks = new Tasks({ ...own, sealRemaining, ...options.taskHandlers }, () => this.tell());
  }

  get lastAnswer(): StatusAnswer | undefined {
    return this.#lastAnswer;
  }

  get wish(): Desired['state'] | undefined {
    return this.#read?.state;
  }

  /** Something is to be told to, or asked of, the service now. */
  tell(): void {
    this.#statusWake.now();
    this.#markers.hurry();
    this.#markerWake.now();
    this.#groups.hurry();
    this.#groupWake.now();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const each = { clock, log, signal };
    // Every loop of every disk listens to it.
    setMaxListeners(0, signal);
    // At once: a loop may be waiting for what a task holds.
    signal.addEventListener('abort', () => void this.#tasks.stop(), { once: true });
    await Promise.all([
      ...this.#options.workers.map((worker) => worker.run(signal)),
      keepTrying({
        ...each,
        name: 'reading what is wanted',
        wake: this.#desiredWake,
        restInMs: () => 0,
        round: () => this.#readWish(signal),
      }),
      keepTrying({
        ...each,
        name: 'reporting',
        wake: this.#statusWake,
        restInMs: () => this.#read?.state.statusIntervalInMs ?? longPollInMs,
        round: async () => void (await this.#report()),
      }),
      keepTrying({
        ...each,
        name: 'cutting markers',
        wake: this.#markerWake,
        restInMs: () => this.#markers.restInMs(),
        round: () => this.#markers.round(),
      }),
      keepTrying({
        ...each,
        name: 'cutting markers of groups',
        wake: this.#groupWake,
        restInMs: () => this.#groups.restInMs(),
        round: () => this.#groups.round(),
      }),
    ]);
    await Promise.all([this.#groups.close(), this.#tasks.stop()]);
  }

  async #readWish(signal: AbortSignal): Promise<void> {
    const { service, onWish } = this.#options;
    const news = await service.desired(
      this.#followed,
      this.#followed === undefined ? 0 : longPollInMs,
      signal,
    );
    if (news === undefined) return;
    this.#read = news;
    // How far the target has got is to be known before a stream is begun: a number is sealed once.
    const answer = await this.#report();
    for (const wish of news.state.replicas) await this.#follow(wish, answer);
    this.#markers.follow(news.state);
    this.#groups.follow(news.state);
    this.#groupWake.now();
    this.#tasks.follow(news.state.tasks);
    // Whoever asked waits to hear that it was done.
    this.tell();
    onWish?.(news.state);
    // Only now: what failed half way is asked for again, not waited for.
    this.#followed = news;
  }

  async #follow(wish: DesiredReplica, answer: StatusAnswer): Promise<void> {
    const worker = this.#options.workers.find(
      ({ disk }) => disk.machineId === wish.machineId && disk.diskId === wish.diskId,
    );
    if (worker === undefined) return;
    const told = answer.replicas.find((replica) => replica.replicaId === wish.replicaId);
    const appliedSequence = told?.applied.epoch === wish.epoch ? told.applied.sequence : 0;
    await worker.disk.follow(wish, appliedSequence);
    worker.wake();
  }

  async #report(): Promise<StatusAnswer> {
    const { service, version, roles, machines, workers, onReport } = this.#options;
    const replicas = this.#replicaReports();
    const telling = await this.#options.site?.();
    const told = telling?.report ?? {};
    const answer = await service.report({
      version,
      roles: [...roles],
      machines: [...(await machines()), ...(told.machines ?? [])],
      networks: [...(told.networks ?? [])],
      replicas,
      taskResults: [...this.#tasks.results],
      keeps: [...(told.keeps ?? [])],
      ...(told.listens === undefined ? {} : { listens: told.listens }),
    });
    telling?.accepted();
    this.#lastAnswer = answer;
    await onReport?.(answer, replicas);
    for (const status of answer.replicas) {
      const worker = workers.find(({ disk }) => (disk.wish ?? disk.lostWish)?.replicaId === status.replicaId);
      await worker?.takeStatus(status);
    }
    return answer;
  }

  /** What is fed, and what is wanted but not begun: the answer says how far the target is. */
  #replicaReports(): ReplicaReport[] {
    const fed = this.#options.workers.flatMap(({ disk }) => this.#reportOf(disk) ?? []);
    const known = new Set(fed.map((report) => report.replicaId));
    const unfed = (this.#read?.state.replicas ?? []).filter((wish) => !known.has(wish.replicaId));
    return [...fed, ...unfed.flatMap((wish) => this.#unbegun(wish))];
  }

  #reportOf(disk: ProtectedDisk): ReplicaReport | undefined {
    const report = disk.report();
    const problem = report?.problem ?? groupRefusal(disk, this.#read?.state.markers ?? []);
    return report === undefined || problem === undefined ? report : { ...report, problem };
  }

  #unbegun(wish: DesiredReplica): ReplicaReport[] {
    const disk = this.#options.workers.find(
      (worker) => worker.disk.machineId === wish.machineId && worker.disk.diskId === wish.diskId,
    )?.disk;
    if (disk === undefined) return [];
    return [
      {
        replicaId: wish.replicaId,
        epoch: wish.epoch,
        sealed: 0,
        uploaded: 0,
        diskSizeBytes: disk.sizeBytes,
        copiedBytes: 0,
        toCopyBytes: disk.sizeBytes,
        spooledBytes: 0,
        churnBytes: 0,
        state: wish.mode === 'readOnly' ? 'readOnly' : wish.mode === 'stop' ? 'stopped' : 'idle',
      },
    ];
  }

  #workerOf(replicaId: string): ReplicaWorker | undefined {
    return this.#options.workers.find(({ disk }) => disk.wish?.replicaId === replicaId);
  }

  /** Everything written until now goes out under one last marker. */
  async #sealRemaining(): Promise<Record<string, unknown>> {
    const lists = (this.#read?.state.markers ?? []).filter(({ group }) => group === undefined);
    const [outcomes] = await Promise.all([
      Promise.all(lists.map(({ members }) => this.#markers.cut(members, 'crash'))),
      this.#groups.cutAll(),
    ]);
    if (outcomes.some((outcome) => outcome !== 'cut'))
      throw new Error('a disk is still being copied, its spool is full, or nobody says that it stands still');
    const heads = this.#options.workers.flatMap(({ disk }) =>
      disk.wish === undefined ? [] : [[disk.wish.replicaId, disk.spool.head?.sequence ?? 0] as const],
    );
    return { sealed: Object.fromEntries(heads) };
  }
}
