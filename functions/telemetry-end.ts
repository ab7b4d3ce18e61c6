import { app } from '@azure/functions';
import { stopExporting } from '../shared/wiring';

/** Telemetry is sent in batches: the last one goes before the process does. */
app.hook.appTerminate(() => stopExporting());
