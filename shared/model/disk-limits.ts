/** A page blob holds 8 TiB; beyond 2 TiB a fixed VHD is no longer imported everywhere. */
export const largestDiskBytes = 2 * 1024 ** 4;
