import type { Repositories } from "@yizhan/store";
import type { Given } from "./service.ts";

/** The newest case of a patient: what rights over their record depend on. */
export async function newestCase({ cases }: Pick<Repositories, "cases">, patientId: string): Promise<Given | undefined> {
  const [newest] = (await cases.list({ patientIds: [patientId], count: 1 })).cases;
  return newest === undefined ? undefined : { ...newest, assignees: await cases.assignees(newest.id) };
}
