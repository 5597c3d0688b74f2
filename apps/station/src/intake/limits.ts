/** Longest texts of an intake, in UTF-16 units, and its other bounds. */
export const limits = {
  name: 200,
  complaint: 4_000,
  since: 200,
  allergies: 2_000,
  medicines: 2_000,
  oldestBirthYear: 1900,
  /** The whole body, bytes. */
  body: 64 * 1024,
} as const;
