/**
 * Loaded into every part before its own code (`node --require`): when the supervisor is gone, however it went, its
 * channel closes, and the part ends as if it had been asked to. Nothing is left running.
 */
const graceInMs = 5_000;

function end(): void {
  setTimeout(() => process.exit(1), graceInMs).unref();
  process.kill(process.pid, 'SIGTERM');
}

if (process.channel !== undefined && process.channel !== null) {
  process.once('disconnect', end);
  // Listening must not keep a part alive that has nothing else to do.
  process.channel.unref();
}
