import type { Ruleset } from "../evaluation/compile";

type Listener = (ruleset: Ruleset) => void;

/** Those who want to know of a ruleset's changes, by app and environment. */
export function createWatchers() {
  const listenersOf = new Map<string, Map<string, Set<Listener>>>();
  return {
    has: (app: string): boolean => listenersOf.has(app),
    add(app: string, environment: string, listener: Listener): () => void {
      const ofApp = listenersOf.get(app) ?? new Map<string, Set<Listener>>();
      listenersOf.set(app, ofApp);
      const listeners = ofApp.get(environment) ?? new Set<Listener>();
      ofApp.set(environment, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) ofApp.delete(environment);
        if (ofApp.size === 0 && listenersOf.get(app) === ofApp) listenersOf.delete(app);
      };
    },
    tell(ruleset: Ruleset): void {
      const { app, environment } = ruleset.source;
      for (const listener of listenersOf.get(app)?.get(environment) ?? []) listener(ruleset);
    },
  };
}
