import type { Registered } from './agent-state';
import type { AgentStatus } from './status-file';

const meanings: Readonly<Record<AgentStatus['replicas'][number]['report']['state'], string>> = {
  idle: 'waiting to be told what to do',
  copying: 'being copied',
  replicating: 'protected: every write is sent',
  resyncing: 'being compared with its replica',
  bitmapOnly: 'the spool is full: changes are only marked, and sent when there is room',
  readOnly: 'read-only: the machine runs elsewhere',
  stopped: 'not replicated',
  failed: 'a new start was asked for: what was sealed cannot be proved',
};

/** Of a disk that others write no write is seen. */
const scannedMeaning = 'protected: what each pass finds changed is sent';

/** What an agent's state is, for a person to read. */
export function describeStatus(
  registered: Registered | undefined,
  status: AgentStatus | undefined,
  nowInMs: number,
): string[] {
  if (registered === undefined) return ['Not registered. Run lifeboat-agent run with --url and --token.'];
  const { agentId, url, vaultId, fabricName } = registered;
  const head = [`Agent    ${agentId}`, `Service  ${url}`, `Vault    ${vaultId}`, `Fabric   ${fabricName}`];
  if (status === undefined) return [...head, 'It has not reported to the service yet.'];
  const age = Math.max(0, Math.round((nowInMs - status.atInMs) / 1000));
  return [
    ...head,
    `Reported ${age} s ago`,
    ...status.markers.map((markers) => pointsLine(markers, status)),
    ...status.replicas.flatMap((replica) => diskLines(replica, nowInMs)),
  ];
}

/** Which disks are meant is said only where they are not all that the agent has. */
function pointsLine(
  { diskIds, otherMachines, crashIntervalInMs, appIntervalInMs }: AgentStatus['markers'][number],
  { replicas }: AgentStatus,
): string {
  const ofDisks = diskIds.length < replicas.length ? ` of ${diskIds.join(', ')}` : '';
  const app =
    appIntervalInMs === undefined ? '' : `, application-consistent every ${interval(appIntervalInMs)}`;
  const others = otherMachines === 1 ? '1 other machine' : `${otherMachines} other machines`;
  const together = otherMachines === 0 ? '' : `, together with ${others}`;
  return `Recovery points${ofDisks}: every ${interval(crashIntervalInMs)}${app}${together}`;
}

/** In the largest unit that it is a whole number of. */
function interval(timeInMs: number): string {
  if (timeInMs % 3_600_000 === 0) return `${timeInMs / 3_600_000} h`;
  return timeInMs % 60_000 === 0 ? `${timeInMs / 60_000} min` : `${timeInMs / 1000} s`;
}

function diskLines(
  { diskId, report, durableSequence, pendingBytes, scan }: AgentStatus['replicas'][number],
  nowInMs: number,
): string[] {
  const { state, problem, epoch, sealed, uploaded, spooledBytes, copiedBytes, toCopyBytes } = report;
  // The service may know of more than the report that it answered.
  const atLeast = (count: number): number => Math.max(count, durableSequence);
  const isScanned = scan !== undefined && state === 'replicating';
  const isCopying = state === 'copying' || state === 'resyncing';
  const share = toCopyBytes === 0 ? 100 : Math.floor((100 * copiedBytes) / toCopyBytes);
  return [
    '',
    `Disk ${diskId}: ${isScanned ? scannedMeaning : meanings[state]}${isCopying ? ` (${share} % of ${mebibytes(toCopyBytes)})` : ''}`,
    `  epoch ${epoch}: ${atLeast(sealed)} logs sealed, ${atLeast(uploaded)} uploaded, ${durableSequence} safe at the target`,
    `  ${mebibytes(spooledBytes)} in the spool, ${mebibytes(pendingBytes)} to be copied`,
    ...(problem === undefined ? [] : [`  ${problem.message}`]),
    ...(scan === undefined ? [] : [scanLine(scan, nowInMs)]),
  ];
}

function scanLine(
  { atInMs, readBytes, changedBytes, isWhole }: NonNullable<AgentStatus['replicas'][number]['scan']>,
  nowInMs: number,
): string {
  const age = Math.max(0, Math.round((nowInMs - atInMs) / 1000));
  const what = `${mebibytes(readBytes)} read, ${mebibytes(changedBytes)} had changed`;
  return `  scanned ${age} s ago: ${what}${isWhole ? '' : '; it was broken off'}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
