import { declarationWith } from '../stack/declaration-with';

/** The declaration of `npm start`, but nobody waits for the boot of disks that hold no system. */
export const quickDeclaration = (folder: string): string =>
  declarationWith(folder, { BOOT_WAIT_SECONDS: '0' });
