/** Kills the process at the n-th pass of the point named by DURABLE_CRASH_AT="name#n". For crash tests. */
export function crashPointFromEnvironment(): (name: string) => void {
  const wanted = process.env['DURABLE_CRASH_AT'];
  if (wanted === undefined || wanted === '') return () => undefined;

  const [, name, times] = /^(.*?)(?:#(\d+))?$/.exec(wanted) ?? [];
  let passesLeft = Number(times ?? 1);
  return (passed) => {
    if (passed === name && --passesLeft === 0) process.kill(process.pid, 'SIGKILL');
  };
}
