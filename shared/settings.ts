import { z } from 'zod';
import { LifeboatError } from './errors';

const text = z.string().min(1);

/**
 * Everything the app reads from its environment, and nothing else does. `local.settings.sample.json` and the
 * infrastructure are checked against this table. A secret is optional: where it is absent, the managed identity is used.
 */
export const Settings = z.object({
  /** Service Bus: a connection string (local), or its `__fullyQualifiedNamespace` for the identity (Azure). */
  SERVICE_BUS: text.optional(),
  SERVICE_BUS__fullyQualifiedNamespace: text.optional(),
  DOORBELL_QUEUE: text.default('doorbells'),
  EVENTS_TOPIC: text.default('events'),
  COSMOS_ENDPOINT: z.url(),
  COSMOS_KEY: text.optional(),
  COSMOS_DATABASE: text.default('lifeboat'),
  /** Blob endpoints of the account that change logs land in, and of the one that replica disks live in. */
  CACHE_BLOB_ENDPOINT: z.url(),
  TARGET_BLOB_ENDPOINT: z.url(),
  /** Called before anything is reported durable, where storage keeps its newest writes in memory. Absent in Azure. */
  BARRIER_URL: z.url().optional(),
  /** Who signs the tokens that callers bring, and whom they must be meant for. */
  IDENTITY_ISSUER: z.url(),
  IDENTITY_AUDIENCE: text,
  IDENTITY_TENANT: text,
  /** The management endpoint of the cloud that machines are recovered to. */
  ARM_ENDPOINT: z.url().default('https://management.azure.com'),
  /** The ARM id of the account behind TARGET_BLOB_ENDPOINT: managed disks are imported from it. */
  TARGET_STORAGE_ACCOUNT_ID: text.optional(),
  /** How often long work of the target cloud is looked at. Absent in Azure, which says so itself. */
  ARM_POLL_MILLISECONDS: z.coerce.number().int().min(10).optional(),
  /** True where the authority is not one that Microsoft lists: the local issuer, an air-gapped cloud. */
  IDENTITY_PRIVATE_AUTHORITY: z.stringbool().default(false),
  /** What clients are asked to wait between two looks at a job; 0 leaves it to them. */
  JOB_RETRY_AFTER_SECONDS: z.coerce.number().int().min(0).max(600).default(15),
  /** How long a machine at the target may take to boot before it is reported as not booted. */
  BOOT_WAIT_SECONDS: z.coerce.number().int().min(0).max(3600).default(180),
  TASKHUB_NAME: text.default('lifeboat'),
  /** The collector that traces, measures and logs go to as OTLP over HTTP. Absent or empty: nothing is sent. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.union([z.literal(''), z.url()]).default(''),
});
export type Settings = z.infer<typeof Settings>;

/** Reads the settings once. A wrong one is named, its value is not repeated: it may be a secret. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const parsed = Settings.safeParse(environment);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new LifeboatError('InvalidSettings', `The app's settings do not fit: ${wrong}`);
}
