import type { AgentStatus } from '../run/status-file';

const barWidth = 24;
const eraseLine = '\u001b[K';

/** How far the disks are that are being copied, as one line that the next one overwrites; nothing while none is. */
export function progressLine(replicas: AgentStatus['replicas']): string {
  const bars = replicas
    .filter(({ report }) => report.state === 'copying' || report.state === 'resyncing')
    .map(({ diskId, report: { copiedBytes, toCopyBytes } }) => {
      const share = toCopyBytes === 0 ? 1 : copiedBytes / toCopyBytes;
      const filled = Math.floor(share * barWidth);
      return `${diskId} [${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${Math.floor(100 * share)} %`;
    });
  return bars.length === 0 ? '' : `${eraseLine}${bars.join('  ')}\r`;
}
