/**
 * Gathers calls made in one turn of the loop, and those made while a batch is under way, into the next batch: many at
 * once cost one statement and one flush to disk, and each still waits for its own answer. `run` answers in the order asked.
 */
export function gathered<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  let waiting: { readonly item: Item; readonly answer: PromiseWithResolvers<Answer> }[] = [];
  let running = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const answers = await run(batch.map((one) => one.item));
        for (const [at, one] of batch.entries()) one.answer.resolve(answers[at] as Answer);
      } catch (error) {
        for (const one of batch) one.answer.reject(error);
      }
    }
    running = false;
  }

  return (item) => {
    const answer = Promise.withResolvers<Answer>();
    waiting.push({ item, answer });
    if (!running) {
      running = true;
      // After this turn's requests have been read from their sockets, not after the first of them.
      setImmediate(() => void drain());
    }
    return answer.promise;
  };
}
