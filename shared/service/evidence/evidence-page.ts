import type { SignedEvidence } from '../../contracts/evidence/evidence-report';

const words = { test: 'Test failover', planned: 'Planned failover', unplanned: 'Failover' } as const;

/** The same report for people: one page, no script, nothing fetched from anywhere. */
export function evidencePage({ report, signature }: SignedEvidence): string {
  const { point, target, disks, tasks, remarks } = report;
  const rows: readonly (readonly [string, string])[] = [
    ['Machine', report.machine],
    ['Scenario', report.scenario],
    ['Requested by', report.requestedBy],
    ['Reason', report.reason],
    ['Requested at', timeOf(report.requestedAtInMs)],
    ['Recovery point', point.moment.kind === 'point' ? point.moment.pointId : 'a moment of the journal'],
    ['Cut at', timeOf(point.cutTimeInMs)],
    ['RPO', durationOf(point.rpoInMs)],
    ['RTO', durationOf(report.rtoInMs)],
    ['Source', report.source],
    ['Target', target.name],
    ['Boot', target.boot === 'notBooted' ? 'not booted' : target.boot],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(words[report.kind])} of ${text(report.machine)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}
code{overflow-wrap:anywhere}</style></head><body>
<h1>${text(words[report.kind])} of ${text(report.machine)}</h1>
<table>${rows.map(([name, value]) => `<tr><th scope="row">${text(name)}</th><td>${text(value)}</td></tr>`).join('')}</table>
<h2>Disks</h2>
<table><tr><th>Disk</th><th>Source's stream at the marker</th><th>SHA-256 at the target</th></tr>
${disks.map((disk) => `<tr><td>${text(disk.name)}</td><td><code>${text(disk.sourceChainHead ?? '')}</code></td><td><code>${text(disk.targetSha256)}</code></td></tr>`).join('\n')}</table>
<h2>Steps</h2>
<table><tr><th>Step</th><th>State</th><th>Took</th></tr>
${tasks.map((task) => `<tr><td>${text(task.name)}</td><td>${text(task.state)}</td><td>${text(tookOf(task))}</td></tr>`).join('\n')}</table>
${remarks.length === 0 ? '' : `<h2>Remarks</h2><ul>${remarks.map((remark) => `<li>${text(remark)}</li>`).join('')}</ul>`}
<p>Signed (Ed25519) with the key <code>${text(signature.publicKey)}</code>. Check it with <code>lifeboat verify</code>.</p>
</body></html>
`;
}

function tookOf({
  startTimeInMs,
  endTimeInMs,
}: {
  startTimeInMs: number | null;
  endTimeInMs: number | null;
}): string {
  return durationOf(startTimeInMs === null || endTimeInMs === null ? null : endTimeInMs - startTimeInMs);
}

function durationOf(durationInMs: number | null): string {
  return durationInMs === null ? 'not known' : `${(durationInMs / 1000).toFixed(1)} s`;
}

function timeOf(timeInMs: number | null): string {
  return timeInMs === null ? 'not known' : new Date(timeInMs).toISOString();
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function text(value: string): string {
  return value.replaceAll(/[&<>"]/g, (mark) => marks[mark] ?? mark);
}
