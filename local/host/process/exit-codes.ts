/** How the host process ends. */
export const exitCodes = {
  /** An uncaught error, or a function that outlived its time: start again. */
  crashed: 1,
  /** It cannot run like this, and starting again changes nothing: wrong settings, a taken port or folder. */
  refused: 2,
} as const;
