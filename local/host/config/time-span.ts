const pattern = /^(-)?(?:(\d{1,8})\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/;

/** Milliseconds of a .NET TimeSpan text, `[-][d.]hh:mm[:ss[.fraction]]`, or undefined when it is none. */
export function parseTimeSpan(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  const inMs = whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
  return sign === undefined ? inMs : -inMs;
}
