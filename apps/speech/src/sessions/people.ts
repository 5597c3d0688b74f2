import type { Participant } from "@yizhan/meet";

export interface Person {
  readonly language: string;
  readonly name?: string;
}

/** Language of a participant nobody said anything about (BCP 47 `und`). */
export const undetermined = "und";

/** People of one session, at most. */
const peopleLimit = 500;

/** Who speaks what in a session: told by the station, before or during the call. */
export class People {
  readonly #told = new Map<string, Person>();
  /** Tags heard, by participant. */
  readonly #tags = new Map<string, string>();
  /** The session's language, for those of whom nobody said anything. */
  fallback: string | undefined;

  tell(id: string, person: Person): void {
    if (this.#told.size >= peopleLimit && !this.#told.has(id)) return;
    this.#told.set(id, person);
  }

  heardFrom(id: string, tag: string): void {
    this.#tags.set(id, tag);
  }

  languageOf(id: string): string | undefined {
    return this.#told.get(id)?.language ?? this.fallback;
  }

  participant(id: string): Participant {
    const name = this.#told.get(id)?.name;
    return {
      id,
      tag: this.#tags.get(id) ?? "",
      language: this.languageOf(id) ?? undetermined,
      ...(name === undefined ? {} : { name }),
    };
  }

  /** Everyone who was told of or heard. */
  all(): Participant[] {
    return [...new Set([...this.#told.keys(), ...this.#tags.keys()])].map((id) => this.participant(id));
  }

  /** Every language that someone in the session speaks. */
  languages(): string[] {
    return [...new Set(this.all().map((participant) => participant.language))].filter((tag) => tag !== undetermined);
  }
}
