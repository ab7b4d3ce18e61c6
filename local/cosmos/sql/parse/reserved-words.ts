const reserved = new Set(
  'AND ARRAY AS ASC BETWEEN BY CASE DESC DISTINCT ELSE END ESCAPE EXISTS FALSE FROM GROUP HAVING IN JOIN LIKE LIMIT NOT NULL OFFSET OR ORDER SELECT THEN TOP TRUE UDF UNDEFINED VALUE WHEN WHERE'.split(
    ' ',
  ),
);

/** Words that end an expression, and so cannot be a name without a dot before it. */
export function isReserved(word: string): boolean {
  return reserved.has(word.toUpperCase());
}
