/** Between an engine's host and the lane it runs in. */
export interface Task {
  id: number;
  payload: unknown;
}

export type Answer =
  | { kind: "ready" }
  | { kind: "broken"; message: string }
  | { kind: "done"; id: number; result: unknown }
  | { kind: "failed"; id: number; message: string };
