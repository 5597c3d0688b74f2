import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take a minute and more. One that is begun last leaves the other cores idle until it ends. */
const long = [
  "tests/deploy/station.test.ts",
  "tests/federation/kill.test.ts",
  "apps/web/testing/accessible.test.ts",
  "tests/end-to-end/visit.test.ts",
];

/** The longest first, the rest as vitest has it. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = long.findIndex((name) => moduleId.endsWith(name));
      return place === -1 ? long.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
