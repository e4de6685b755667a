import { LogClient } from "./client";
import { hostsOf, type KurrentdbAddress } from "./url";
import { watchdog } from "./watchdog";
import { StoreUnavailable } from "../eventStore";

/** The server was silent for too long. Its connection may be one that leads nowhere, of which nobody would be told. */
export class NoAnswer extends StoreUnavailable {
  constructor(address: KurrentdbAddress, timeoutMs: number) {
    super(`KurrentDB at ${hostsOf(address)} did not answer within ${timeoutMs} ms.`);
  }
}

/** One client at a time, and another one as soon as it has met with silence. */
export interface ClientKeeper {
  /**
   * Lets the work go on for as long as it says, again and again, that it has heard something.
   * @throws {NoAnswer} if it hears nothing for so long, and whatever the work fails with.
   */
  within<Result>(
    timeoutMs: number,
    work: (client: LogClient, heard: () => void) => Promise<Result>,
  ): Promise<Result>;
  close(): void;
}

export function keepClient(address: KurrentdbAddress): ClientKeeper {
  let client = new LogClient(address);
  let isClosed = false;

  function replace(used: LogClient): void {
    if (used !== client || isClosed) return;
    client = new LogClient(address);
    letGo(used);
  }

  return {
    async within(timeoutMs, work) {
      if (isClosed) throw new StoreUnavailable("The event store is closed.");
      const used = client;
      const silence = watchdog(timeoutMs, () => new NoAnswer(address, timeoutMs));
      try {
        return await Promise.race([work(used, silence.reset), silence.barked]);
      } catch (error) {
        if (error instanceof NoAnswer) replace(used);
        throw error;
      } finally {
        silence.stop();
      }
    },
    close() {
      isClosed = true;
      letGo(client);
    },
  };
}

function letGo(client: LogClient): void {
  // What is left of it cannot be of use to anybody.
  client.abandon().catch(() => undefined);
}
