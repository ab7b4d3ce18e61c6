import { readFileSync } from 'node:fs';

/** Certificates of one site, PEM: who may connect, and as whom this agent does. */
export interface SiteTrust {
  /** The authority of the site: whoever shows a certificate of it is let in. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface SiteTrustFiles {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export function readSiteTrust({ authorityFile, certificateFile, keyFile }: SiteTrustFiles): SiteTrust {
  return {
    authority: readFileSync(authorityFile, 'utf8'),
    certificate: readFileSync(certificateFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
  };
}
