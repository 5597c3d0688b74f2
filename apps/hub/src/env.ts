import type { StaffRole } from "@yizhan/access";

export interface HubActor {
  readonly accountId: string;
  readonly role: StaffRole;
}

/** What the middleware of `app.ts` puts into a request's context. */
export interface HubEnv {
  readonly Variables: { requestId: string; actor: HubActor | undefined };
}
